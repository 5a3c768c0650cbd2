import { expect, test } from 'vitest';
import type { SandboxFlags } from '../../../src/commands/sandbox/index.ts';
import { serveSandbox } from '../../../src/commands/sandbox/serve.ts';

const FLAGS: SandboxFlags = {
  listings: 10,
  media: 1,
  port: 0,
  seed: 1,
  minuteQuota: 100,
  hourQuota: 1000,
  mediaSize: 20,
  mediaLife: 3600,
  mediaMinuteQuota: 480,
  mediaHourQuota: 18_000,
  latency: 0,
  accounts: 50,
  countyPort: 0,
  items: 20,
  itemsPort: 0,
};

/** Starts the command; resolves with its output as soon as it is printed. */
async function start(
  flags: SandboxFlags,
  signal: AbortSignal,
): Promise<{ text: string; end: Promise<void> }> {
  let end = Promise.resolve();
  const text = await new Promise<string>((resolve, reject) => {
    end = serveSandbox(flags, resolve, signal);
    end.catch(reject);
  });
  return { text, end };
}

test('serves the feed, the county files and items until it is stopped', async () => {
  const stop = new AbortController();
  const { text, end } = await start(FLAGS, stop.signal);
  const county = /^ {4}url: (\S+)$/m.exec(text)![1]!;
  expect(text).toMatch(/^TRESTLE_API_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/trestle\/odata$/m);
  const answer = await fetch(`${county}/2026/Code_description_pp.zip`);
  expect([answer.status, (await answer.arrayBuffer()).byteLength > 1000]).toEqual([200, true]);
  const key = /^SANDBOX_KEY=(\S+)$/m.exec(text)![1]!;
  const items = [...text.matchAll(/^ {4}url: (\S+)$/gm)].map((match) => match[1]!).slice(1);
  expect(items).toHaveLength(3);
  for (const url of items) expect((await fetch(`${url}?api_key=${key}`)).status).toBe(200);
  stop.abort();
  await end;
  for (const url of [county, items[0]!]) await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('ends if its feed is stopped over HTTP, without county files and items if there are none', async () => {
  const { text, end } = await start({ ...FLAGS, accounts: 0, items: 0 }, new AbortController().signal);
  expect(text).not.toContain('sources.yaml');
  const feed = /^TRESTLE_API_BASE_URL=(\S+)$/m.exec(text)![1]!;
  await fetch(`${new URL(feed).origin}/sandbox/stop`, { method: 'POST' });
  await end;
});

test.each([
  ['--county-port', 'countyPort'],
  ['--items-port', 'itemsPort'],
] as const)('reports %s if its port is in use', async (flag, name) => {
  const stop = new AbortController();
  const { text, end } = await start({ ...FLAGS, accounts: 0, items: 0 }, stop.signal);
  const port = Number(new URL(/^TRESTLE_API_BASE_URL=(\S+)$/m.exec(text)![1]!).port);
  await expect(serveSandbox({ ...FLAGS, [name]: port }, () => {}, stop.signal)).rejects.toMatchObject({
    exitCode: 2,
    hint: `omit ${flag} to use a free one`,
  });
  stop.abort();
  await end;
});

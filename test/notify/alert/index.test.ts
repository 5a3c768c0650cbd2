import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAlerts } from '../../../src/notify/alert/index.ts';
import type { Notice } from '../../../src/notify/alert/notice.ts';
import { LIMIT_MS } from '../../../src/notify/alert/retries.ts';
import { InterruptedError } from '../../../src/errors.ts';
import type { AlertKind, RunReport } from '../../../src/model/alert.ts';
import { mailServer, type MailServer } from '../../helpers/mail-server.ts';
import { rawServer } from '../../helpers/raw-server.ts';
import { type Reply, type ScriptedServer, scriptedServer } from '../../helpers/scripted-server.ts';
import { desk } from './desk.ts';
import { allBad, calm, failed, wellKnown } from './facts.ts';

let smtp: MailServer;
let hook: ScriptedServer;
/** What the webhook answers, first the listed ones, one each; what the mail server refuses with, one a mail. */
let reply: Reply = {};
const replies: Reply[] = [];
const refusals: string[] = [];

beforeAll(async () => {
  smtp = await mailServer({ visit: () => refusals.shift() });
  hook = await scriptedServer({ data: () => replies.shift() ?? reply });
});

beforeEach(() => {
  smtp.mails.length = 0;
  hook.asked.length = 0;
  reply = {};
});

afterAll(async () => {
  await smtp.close();
  await hook.close();
});

const ways = () => ({
  email: { to: ['ops@example.com'], from: 'etl@example.com', smtpUrl: smtp.url },
  webhook: { url: `${hook.origin}/hook`, format: 'json' } as const,
});

function posted(): Notice[] {
  return hook.asked.map(({ body }) => JSON.parse(body) as Notice);
}

/** What came by webhook and by mail since it was last asked. */
function arrived(): { posts: string[]; mails: string[] } {
  const found = {
    posts: posted().map(({ kind, state }) => `${kind} ${state}`),
    mails: smtp.mails.map(({ subject }) => subject),
  };
  hook.asked.length = 0;
  smtp.mails.length = 0;
  return found;
}

const raising: readonly (readonly [AlertKind, Partial<RunReport>])[] = [
  ['failed', failed()],
  ['credentials', failed({ name: 'CredentialsError', exitCode: 77 })],
  ['quota', { hourQuota: allBad.hourQuota }],
  ['rejects', { processed: allBad.processed, rejected: allBad.rejected }],
  ['disk', { disks: allBad.disks }],
  ['stale', { age: allBad.age }],
];

test.each(raising)(
  'promise 20: %s arrives by mail and webhook, once, and again only after its time; then its recovery, once',
  async (kind, facts) => {
    const { alerts, clock } = desk(ways());
    await alerts.notify({ ...calm, ...facts });
    const first = arrived();
    expect(first.posts).toEqual([`${kind} raised`]);
    expect(first.mails).toHaveLength(1);
    clock.pass(4 * 3_600_000 - 1);
    await alerts.notify({ ...calm, ...facts });
    expect(arrived()).toEqual({ posts: [], mails: [] });
    clock.pass(1);
    await alerts.notify({ ...calm, ...facts });
    expect(arrived()).toEqual({ posts: [`${kind} raised`], mails: first.mails });
    await alerts.notify({ ...calm, ...wellKnown });
    const last = arrived();
    expect(last.posts).toEqual([`${kind} recovered`]);
    expect(last.mails).toEqual([expect.stringMatching(/^\[trestle-etl\] Recovered: /)]);
    await alerts.notify({ ...calm, ...wellKnown });
    expect(arrived()).toEqual({ posts: [], mails: [] });
  },
);

test('a repeated alert has the time of the first', async () => {
  const { alerts, clock } = desk(ways());
  await alerts.notify({ ...calm, age: allBad.age });
  clock.pass(5 * 3_600_000);
  await alerts.notify({ ...calm, age: allBad.age });
  expect(
    posted().map(({ text }) => text.includes('First reported on 2026-03-19 12:00 UTC; it continues.')),
  ).toEqual([false, true]);
  await alerts.notify({ ...calm, ...wellKnown });
  expect(posted().at(-1)!.text).toContain('The alert of 2026-03-19 12:00 UTC is over.');
});

test('an alert has its origin', async () => {
  await desk(ways()).alerts.notify({ ...calm, ...failed() });
  expect(posted()).toMatchObject([
    { host: 'etl-1', database: 'homes', run: 17, time: '2026-03-19T12:00:00.000Z', facts: { exitCode: 1 } },
  ]);
});

test('simultaneous problems are sent separately, and counted in one line', async () => {
  const { alerts, lines } = desk(ways());
  await alerts.notify({ ...calm, ...allBad, ...failed() });
  expect(arrived().posts.toSorted()).toEqual(
    ['disk', 'failed', 'lost', 'quota', 'rejects', 'schema', 'stale'].map((kind) => `${kind} raised`),
  );
  expect(lines.at(-1)).toEqual({ level: 'info', message: 'alerts', data: { sent: 14, failed: 0 } });
});

test('the next process uses the ledger', async () => {
  const { alerts, options } = desk(ways());
  await alerts.notify({ ...calm, ...failed() });
  await createAlerts(options).notify({ ...calm, ...failed() });
  expect(arrived().posts).toEqual(['failed raised']);
});

test('two processes at the same moment send it once', async () => {
  const { alerts, options } = desk(ways());
  await Promise.all([
    alerts.notify({ ...calm, ...failed() }),
    createAlerts(options).notify({ ...calm, ...failed() }),
  ]);
  expect(arrived().posts).toEqual(['failed raised']);
});

describe('promise 20: receivers that fail', () => {
  test('are retried, and each alert is sent once', async () => {
    const { alerts, lines } = desk(ways());
    replies.push({ status: 503 }, { raw: (response) => response.destroy() });
    refusals.push('451 not now', '421 too busy');
    await alerts.notify({ ...calm, ...failed() });
    expect([hook.asked.length, smtp.mails.length, replies, refusals]).toEqual([3, 1, [], []]);
    expect(lines.at(-1)!.data).toEqual({ sent: 2, failed: 0 });
  });

  test('get it from a later run, and the others do not get it twice', async () => {
    const { alerts, lines } = desk(ways());
    reply = { status: 404 };
    await alerts.notify({ ...calm, ...failed() });
    expect(arrived()).toMatchObject({ posts: ['failed raised'], mails: [expect.anything()] });
    reply = {};
    await alerts.notify({ ...calm, ...failed() });
    expect(arrived()).toEqual({ posts: ['failed raised'], mails: [] });
    await alerts.notify({ ...calm, ...failed() });
    expect(arrived()).toEqual({ posts: [], mails: [] });
    const failure = lines.find(({ level }) => level === 'error')!;
    expect(failure.message).toBe('an alert could not be sent');
    expect(failure.data['err']).toMatchObject({ message: expect.stringContaining('404') as string });
  });

  test('are abandoned at the limit if both hang, and nothing throws', async () => {
    const silent = await rawServer();
    const { alerts, lines } = desk(
      {
        email: { ...ways().email, smtpUrl: `smtp://${silent.host}` },
        webhook: { ...ways().webhook, url: `http://${silent.host}/hook` },
      },
      { limit: 200 },
    );
    await alerts.notify({ ...calm, ...allBad, ...failed() });
    silent.close();
    expect(lines.at(-1)!.data).toEqual({ sent: 0, failed: 14 });
    const [failure] = lines;
    expect(failure!.data['err']).toMatchObject({
      message: expect.stringContaining('no answer in time') as string,
    });
  });

  test('are abandoned at once if they hang and the run is stopped', async () => {
    const silent = await rawServer();
    const stop = new AbortController();
    const { alerts, lines } = desk(
      { webhook: { ...ways().webhook, url: `http://${silent.host}/hook` } },
      { signal: stop.signal },
    );
    const telling = alerts.notify({ ...calm, ...failed() });
    stop.abort(new InterruptedError('SIGTERM'));
    await telling;
    silent.close();
    expect(lines.at(-1)!.data).toEqual({ sent: 0, failed: 1 });
  });
});

test('a ledger that cannot be written is logged, and the alert is still sent', async () => {
  const { alerts, lines, options } = desk(ways());
  mkdirSync(options.file);
  await alerts.notify({ ...calm, ...failed() });
  expect(arrived().posts).toEqual(['failed raised']);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'the sent alerts could not be recorded' }),
  );
});

test('an internal error is logged, not thrown', async () => {
  const { alerts, lines } = desk(ways(), {
    clean: () => {
      throw new TypeError('a bug');
    },
  });
  await expect(alerts.notify({ ...calm, ...failed() })).resolves.toBeUndefined();
  expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'alerts could not be sent' });
});

test('without a channel nothing is evaluated or recorded', async () => {
  const { alerts, lines } = desk({});
  await alerts.notify({ ...calm, ...failed() });
  expect([alerts.isEnabled, lines]).toEqual([false, []]);
});

test('promise 19: a secret in an error reaches neither mail nor webhook', async () => {
  const { alerts } = desk(ways(), { clean: (text) => text.replaceAll('hush-hush', '[hidden]') });
  await alerts.notify({ ...calm, ...failed({ message: 'wrong: hush-hush', hint: 'not hush-hush' }) });
  expect(hook.asked[0]!.body).toContain('wrong: [hidden]');
  expect(JSON.stringify([hook.asked, smtp.mails])).not.toContain('hush-hush');
});

test('a test is sent on every channel, at any time, and returns the results', async () => {
  const { alerts } = desk(ways());
  reply = { status: 410, body: 'gone' };
  expect(await alerts.test()).toMatchObject([
    { channel: 'email', error: undefined },
    { channel: 'webhook', error: { message: 'ALERT_WEBHOOK_URL: answered with status 410: gone' } },
  ]);
  reply = {};
  await alerts.test();
  expect(arrived()).toEqual({
    posts: ['test test', 'test test'],
    mails: Array(2).fill('[trestle-etl] a test from etl-1'),
  });
});

test('a test that exceeds the limit of a run has failed, although it arrives', async () => {
  const { alerts, clock } = desk(ways(), { limit: LIMIT_MS });
  let pause = LIMIT_MS;
  reply = { raw: (response) => (clock.pass(pause), response.end()) };
  expect((await alerts.test())[1]).toMatchObject({ channel: 'webhook', error: undefined });
  pause = LIMIT_MS + 2500;
  expect((await alerts.test())[1]).toMatchObject({
    channel: 'webhook',
    error: {
      message: 'sent, but after 12.5 s: a run waits only 10.0 s, and its alerts would be lost',
    },
  });
  expect(arrived().posts).toEqual(['test test', 'test test']);
});

test('promise 20: a mail server that greets after six seconds, as postscreen does, is waited for', async () => {
  const slow = await mailServer({ options: { onConnect: (_, done) => void setTimeout(done, 6200) } });
  const { alerts, lines } = desk({ email: { ...ways().email, smtpUrl: slow.url } }, { limit: LIMIT_MS });
  await alerts.notify({ ...calm, ...failed() });
  await slow.close();
  expect(lines.at(-1)!.data).toEqual({ sent: 1, failed: 0 });
  expect(slow.mails).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import type { CountyFault, CountySandbox } from '../../../src/sandbox/county/index.ts';
import { download, memberOf, readZip, startCounty } from './helpers.ts';

const NAME = 'Real_acct_ownership_history';
const PATH = `2026/${NAME}.zip`;

/** The bytes of a body that arrive before the connection breaks. */
async function received(url: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url, { headers });
  let bytes = 0;
  try {
    for await (const chunk of answer.body!) bytes += chunk.length;
  } catch {
    return bytes;
  }
  throw new Error('the body is complete');
}

async function archiveWith(county: CountySandbox, fault: CountyFault): Promise<Buffer> {
  county.faults.clear();
  county.faults.add(fault);
  return download(`${county.url}/2026/Real_jur_exempt.zip`);
}

describe('faults of an answer', () => {
  test('cut: the connection breaks after the bytes, once or each time', async () => {
    const county = await startCounty();
    county.faults.add({ kind: 'cut', bytes: 5000, count: 2 });
    expect(await received(`${county.url}/${PATH}`)).toBe(5000);
    expect(await received(`${county.url}/${PATH}`, { Range: 'bytes=5000-' })).toBe(5000);
    const rest = await download(`${county.url}/${PATH}`, { Range: 'bytes=10000-' });
    const whole = await download(`${county.url}/${PATH}`);
    expect(rest.equals(whole.subarray(10_000))).toBe(true);
  });

  test('change: the next part is of another release', async () => {
    const county = await startCounty();
    const tag = async (): Promise<string> =>
      (await fetch(`${county.url}/${PATH}`, { method: 'HEAD' })).headers.get('etag')!;
    const before = await tag();
    county.faults.add({ kind: 'change', bytes: 3000 });
    expect(await received(`${county.url}/${PATH}`)).toBe(3000);
    expect(await tag()).not.toBe(before);
    const next = await fetch(`${county.url}/${PATH}`, {
      headers: { Range: 'bytes=3000-', 'If-Range': before },
    });
    expect(next.status).toBe(200);
  });

  test('slow: the whole file arrives although the connection is full between two chunks', async () => {
    const county = await startCounty();
    const whole = await download(`${county.url}/2026/Real_building_land.zip`);
    county.faults.add({ kind: 'slow', bytesPerSecond: 2_000_000 });
    const slow = await download(`${county.url}/2026/Real_building_land.zip`);
    expect(whole.length).toBeGreaterThan(150_000);
    expect(slow.equals(whole)).toBe(true);
  });

  test('ignore-range, weak-etag, no-etag and no-length change the headers', async () => {
    const county = await startCounty();
    const get = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${county.url}/${PATH}`, { headers });
    county.faults.add({ kind: 'ignore-range' });
    expect((await get({ Range: 'bytes=100-' })).status).toBe(200);
    county.faults.add({ kind: 'weak-etag' });
    expect((await get()).headers.get('etag')).toMatch(/^W\/"/);
    county.faults.add({ kind: 'no-etag' });
    const untagged = await get();
    expect([untagged.headers.get('etag'), untagged.headers.has('last-modified')]).toEqual([null, true]);
    county.faults.add({ kind: 'no-length' });
    const { headers } = await get();
    expect(['content-length', 'etag', 'last-modified'].filter((name) => headers.has(name))).toEqual([]);
  });

  test('status, redirect, reset and garbage replace the answer of matching requests', async () => {
    const county = await startCounty();
    county.faults.add({ kind: 'status', status: 503, retryAfter: '3', archive: NAME });
    expect((await fetch(`${county.url}/2026/Code_description_pp.zip`)).status).toBe(200);
    const unavailable = await fetch(`${county.url}/${PATH}`);
    expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([503, '3']);
    county.faults.add({ kind: 'redirect', location: 'http://127.0.0.1:1/' });
    expect((await fetch(`${county.url}/${PATH}`, { redirect: 'manual' })).status).toBe(302);
    for (const kind of ['reset', 'garbage'] as const) {
      county.faults.add({ kind });
      await expect(fetch(`${county.url}/${PATH}`)).rejects.toThrow('fetch failed');
    }
    expect((await fetch(`${county.url}/${PATH}`)).status).toBe(200);
  });

  test('slow: the body takes its time', async () => {
    const county = await startCounty({ accounts: 300 });
    const { length } = await download(`${county.url}/${PATH}`);
    county.faults.add({ kind: 'slow', bytesPerSecond: length * 2 });
    const start = performance.now();
    await download(`${county.url}/${PATH}`);
    expect(performance.now() - start).toBeGreaterThan(400);
  });

  test('TLS ends in the handshake', async () => {
    const county = await startCounty();
    await expect(fetch(`${county.url.replace('http:', 'https:')}/${PATH}`)).rejects.toThrow('fetch failed');
  });

  test('are set over HTTP', async () => {
    const county = await startCounty();
    const control = `${new URL(county.url).origin}/sandbox/fault`;
    const post = async (body: string): Promise<number> =>
      (await fetch(control, { method: 'POST', body })).status;
    expect(await post('{"kind":"status","status":500,"count":null}')).toBe(200);
    expect(await post('{"kind":"none"}')).toBe(400);
    expect(await post('{')).toBe(400);
    for (let n = 0; n < 3; n++) expect((await fetch(`${county.url}/${PATH}`)).status).toBe(500);
    await fetch(control, { method: 'DELETE' });
    expect((await fetch(`${county.url}/${PATH}`)).status).toBe(200);
  });
});

describe('faults of the files', () => {
  test('change members, and the ETag', async () => {
    const county = await startCounty({ accounts: 100 });
    const tag = async (): Promise<string> =>
      (await fetch(`${county.url}/2026/Real_jur_exempt.zip`, { method: 'HEAD' })).headers.get('etag')!;
    const before = await tag();
    const members = async (fault: CountyFault): Promise<ReturnType<typeof readZip>> =>
      readZip(await archiveWith(county, fault));
    const damaged = await members({ kind: 'wrong-crc', table: 'jur_exempt' });
    expect(damaged.filter(({ hasValidCrc }) => !hasValidCrc).map(({ name }) => name)).toEqual([
      'jur_exempt.txt',
    ]);
    expect(await tag()).not.toBe(before);
    const evil = await members({ kind: 'traversal' });
    expect(evil.map(({ name }) => name)).toEqual(expect.arrayContaining(['../../evil.txt', 'C:\\evil.txt']));
    expect((await members({ kind: 'encrypted' }))[0]!.flags).toBe(1);
    expect((await members({ kind: 'deflate64' }))[0]!.method).toBe(9);
    expect((await members({ kind: 'link' }))[0]!.mode).toBe(0o120777);
    expect((await members({ kind: 'nested' })).at(-1)!.name).toBe('more.zip');
    expect((await members({ kind: 'missing-member' })).map(({ name }) => name)).not.toContain(
      'jur_value.txt',
    );
    const twice = await members({ kind: 'duplicate-member' });
    expect(twice.filter(({ name }) => name === 'jur_value.txt')).toHaveLength(2);
    const archive = await archiveWith(county, { kind: 'half-archive' });
    expect(() => readZip(archive)).toThrow('no end of a ZIP archive');
    county.faults.clear();
    expect(await tag()).toBe(before);
  });

  test('bomb: 64 MB that are small in the archive', async () => {
    const county = await startCounty({ accounts: 100 });
    const archive = await archiveWith(county, { kind: 'bomb', table: 'jur_value' });
    expect(archive.length).toBeLessThan(500_000);
    expect(readZip(archive)[0]!.content.length).toBe(64 * 1024 * 1024);
  });

  test('half-rows, rename-column and no-header change one file', async () => {
    const county = await startCounty({ accounts: 100 });
    const read = async (fault: CountyFault | undefined): Promise<string[]> => {
      county.faults.clear();
      if (fault !== undefined) county.faults.add(fault);
      const content = await memberOf(county, 'Real_jur_exempt', 'jur_value.txt');
      return content.toString('latin1').split('\r\n').slice(0, -1);
    };
    const whole = await read(undefined);
    expect(await read({ kind: 'half-rows', table: 'jur_value' })).toHaveLength(1 + (whole.length - 1) / 2);
    expect(await read({ kind: 'no-header' })).toEqual(whole.slice(1));
    const [header] = await read({ kind: 'rename-column', from: 'tax_district', to: 'jurs_code' });
    expect(header).toBe('acct\tjurs_code\ttp_cd\tpct_district\tappraised_val\ttaxable_val');
  });
});

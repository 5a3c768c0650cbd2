import { describe, expect, test } from 'vitest';
import { download, startCounty } from './helpers.ts';

const ARCHIVE = '2026/Real_acct_ownership_history.zip';

describe('the server', () => {
  test('answers HEAD with length, ETag and time of change, without a body', async () => {
    const county = await startCounty();
    const head = await fetch(`${county.url}/${ARCHIVE}`, { method: 'HEAD' });
    const whole = await download(`${county.url}/${ARCHIVE}`);
    expect(head.status).toBe(200);
    expect(Number(head.headers.get('content-length'))).toBe(whole.length);
    expect(head.headers.get('etag')).toMatch(/^"[\w-]+"$/);
    expect(Date.parse(head.headers.get('last-modified')!)).toBeGreaterThan(0);
    expect(await head.text()).toBe('');
  });

  test('honours ranges, and If-Range only if the file is the same', async () => {
    const county = await startCounty();
    const url = `${county.url}/${ARCHIVE}`;
    const whole = await download(url);
    const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag')!;
    const part = await fetch(url, { headers: { Range: 'bytes=1000-', 'If-Range': etag } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 1000-${whole.length - 1}/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(1000))).toBe(true);
    const end = await download(url, { Range: 'bytes=-22' });
    expect(end.equals(whole.subarray(-22))).toBe(true);
    const middle = await download(url, { Range: 'bytes=10-19' });
    expect(middle.equals(whole.subarray(10, 20))).toBe(true);
    for (const other of ['"other"', `W/${etag}`, 'Mon, 01 Jan 2024 00:00:00 GMT'])
      expect((await fetch(url, { headers: { Range: 'bytes=1000-', 'If-Range': other } })).status).toBe(200);
    const beyond = await fetch(url, { headers: { Range: `bytes=${whole.length}-` } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
  });

  test('answers 304 or 412 to conditions', async () => {
    const county = await startCounty();
    const url = `${county.url}/${ARCHIVE}`;
    const { headers } = await fetch(url, { method: 'HEAD' });
    const [etag, modified] = [headers.get('etag')!, headers.get('last-modified')!];
    const status = async (conditions: Record<string, string>): Promise<number> =>
      (await fetch(url, { headers: conditions })).status;
    expect(await status({ 'If-None-Match': etag })).toBe(304);
    expect(await status({ 'If-Modified-Since': modified })).toBe(304);
    expect(await status({ 'If-None-Match': '"other"', 'If-Modified-Since': modified })).toBe(200);
    expect(await status({ 'If-Match': '"other"' })).toBe(412);
    county.setRelease(2);
    expect(await status({ 'If-None-Match': etag })).toBe(200);
    expect(await status({ 'If-Modified-Since': modified })).toBe(200);
  });

  test('has neither other years nor other archives', async () => {
    const county = await startCounty({ years: [2026] });
    for (const path of ['2027/PP_files.zip', '2025/PP_files.zip', '2026/None.zip', '2026/', '../x.zip'])
      expect((await fetch(`${county.url}/${path}`)).status).toBe(404);
  });

  test('removes what it wrote, and publishes releases over HTTP', async () => {
    const county = await startCounty({ accounts: 100 });
    await county.prepare(2026, ['PP_files']);
    const { origin } = new URL(county.url);
    const answer = await fetch(`${origin}/sandbox/release`, { method: 'POST' });
    expect(await answer.json()).toEqual({ release: 2 });
    await download(`${county.url}/2026/PP_files.zip`);
    const requests = await fetch(`${origin}/sandbox/requests`);
    expect(await requests.json()).toMatchObject([
      { method: 'GET', path: '/data/CAMA/2026/PP_files.zip', status: 200 },
    ]);
    await fetch(`${origin}/sandbox/stop`, { method: 'POST' });
    await county.closed;
    await expect(fetch(county.url)).rejects.toThrow('fetch failed');
  });

  test('gives up an archive that is being written when it is closed', async () => {
    const county = await startCounty({ accounts: 2_000_000 });
    const request = fetch(`${county.url}/2026/Real_jur_exempt.zip`, { method: 'HEAD' });
    request.catch(() => {});
    await expect.poll(() => county.requests.length).toBe(1);
    const start = performance.now();
    await county.close();
    expect(performance.now() - start).toBeLessThan(5000);
    await expect(request).rejects.toThrow('fetch failed');
  });
});

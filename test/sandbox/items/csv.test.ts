import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { WINDOWS_1252 } from '../../../src/lib/windows-1252.ts';
import { readZip } from '../county/helpers.ts';
import { getBytes, startItems } from './helpers.ts';

const HEADER = 'License No,First Name,Last Name,Office,City,ZIP,Phone,Hired,Volume,Sales';

async function files(): Promise<(dialect: string, query?: string) => Promise<Buffer>> {
  const { url } = await startItems({ records: 60 });
  return (dialect, query = '') => getBytes(`${url}/csv/${dialect}${query}`);
}

describe('the roster as a CSV file', () => {
  test('keeps zeros, and quotes what has a comma', async () => {
    const get = await files();
    const lines = (await get('plain/roster.csv')).toString().split('\r\n');
    expect([lines[0], lines.length, lines.at(-1)]).toEqual([HEADER, 62, '']);
    for (const line of lines.slice(1, -1))
      expect(line).toMatch(
        /^0{4}\d{4},[^,]+,[^,]+,[^,]+,[^,]+,0\d{4},[\d-]+,\d\d\/\d\d\/\d{4},"[\d,]+\.\d\d",\d+$/,
      );
  });

  test('is the same text in every encoding', async () => {
    const get = await files();
    const plain = (await get('plain/roster.csv')).toString();
    expect(plain).toMatch(/Zoë|Björn|José|García/);
    expect((await get('bom/roster.csv')).toString()).toBe(`\uFEFF${plain}`);
    const latin = [...(await get('windows-1252/roster.csv'))].map((byte) => WINDOWS_1252[byte]!).join('');
    expect(latin).toBe(plain);
    expect((await get('utf-16/roster.csv')).toString('utf16le')).toBe(`\uFEFF${plain}`);
    expect(
      Buffer.from(await get('utf-16-be/roster.csv'))
        .swap16()
        .toString('utf16le'),
    ).toBe(`\uFEFF${plain}`);
  });

  test('has other delimiters, line ends and numbers', async () => {
    const get = await files();
    const text = async (dialect: string): Promise<string> => (await get(`${dialect}/roster.csv`)).toString();
    expect(await text('semicolon')).toMatch(/;\d+\.\d{3}\.\d{3},\d\d;\d+\r\n/);
    expect((await text('tab')).startsWith(HEADER.replaceAll(',', '\t'))).toBe(true);
    expect((await text('pipe')).startsWith(`${HEADER.replaceAll(',', '|')}\n`)).toBe(true);
    expect(await text('cr')).not.toContain('\n');
    expect(await text('mixed-ends')).toMatch(/[^\r]\n[\s\S]*\r[^\n]/);
    expect((await text('title-lines')).split('\r\n')[2]).toBe(HEADER);
    expect(await text('no-rows')).toBe(`${HEADER}\r\n`);
    expect(await text('no-last-end')).toMatch(/\d$/);
  });

  test('is damaged in the ways that files are', async () => {
    const get = await files();
    const lines = async (dialect: string): Promise<string[]> =>
      (await get(`${dialect}/roster.csv`)).toString().split('\r\n').slice(0, -1);
    const columns = (await lines('ragged')).map((line) => line.replaceAll(/"[^"]*"/g, '').split(',').length);
    expect([...new Set(columns)].toSorted((one, other) => one - other)).toEqual([8, 10, 12]);
    const quotes = (await lines('broken-quotes')).filter((line) => line.split('"').length % 2 === 0);
    expect(quotes).toHaveLength(6);
    expect((await lines('duplicate-header'))[0]).toMatch(/^License No,.*,License No$/);
    expect((await lines('nul')).filter((line) => line.includes('\0'))).toHaveLength(6);
    expect((await get('html/roster.csv')).toString()).toMatch(/^<!DOCTYPE html>/);
  });

  test('is packed, also under the name of a CSV file', async () => {
    const get = await files();
    const plain = await get('plain/roster.csv');
    for (const [path, query] of [['plain/roster.csv.gz'], ['plain/roster.csv', '?packed=gzip']] as const)
      expect(gunzipSync(await get(path, query)).equals(plain)).toBe(true);
    for (const [path, query] of [['plain/roster.csv.zip'], ['plain/roster.csv', '?packed=zip']] as const) {
      const members = readZip(await get(path, query));
      expect(members.map(({ name }) => name)).toEqual(['roster.csv', 'readme.txt']);
      expect(members[0]!.content.equals(plain)).toBe(true);
    }
  });

  test('is sent in parts', async () => {
    const { url } = await startItems({ records: 60 });
    const whole = await getBytes(`${url}/csv/plain/roster.csv`);
    const answer = await fetch(`${url}/csv/plain/roster.csv`, { headers: { Range: 'bytes=100-' } });
    expect(answer.status).toBe(206);
    expect(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(100))).toBe(true);
  });
});

test('the large file is streamed, with ten columns and as many rows as asked for', async () => {
  const { url } = await startItems({ records: 1 });
  const answer = await fetch(`${url}/csv/large.csv?rows=1000000`);
  let lines = 0;
  let bytes = 0;
  let first = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    const part = Buffer.from(chunk);
    first ||= part.toString();
    bytes += part.length;
    for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, at + 1)) lines += 1;
    // Enough to know that it does not wait for the end.
    if (lines > 100_000) break;
  }
  expect(first).toMatch(/^id,title,description,category,url,amount,quantity,published,zip,agent\n00000001,/);
  expect(bytes).toBeLessThan(50e6);
  const small = (await getBytes(`${url}/csv/large.csv?rows=1234`)).toString().trimEnd().split('\n');
  expect([small.length, small.at(-1)!.slice(0, 9)]).toEqual([1235, '00001234,']);
  const etag = answer.headers.get('etag')!;
  const again = await fetch(`${url}/csv/large.csv?rows=1000000`, { headers: { 'If-None-Match': etag } });
  expect(again.status).toBe(304);
});

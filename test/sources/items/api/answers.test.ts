import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, FatalError } from '../../../../src/errors.ts';
import type { ItemReader } from '../../../../src/sources/items.ts';
import { createApiReader } from '../../../../src/sources/items/api/reader.ts';
import { apiEntry } from '../../../../src/sources/items/api/settings.ts';
import { fakeClock } from '../../../helpers/fake-clock.ts';
import { plainMapper } from '../../../helpers/item-mapper.ts';
import { checkpoint, keysOf, notes, openApi, readAll } from './api-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the list of records', () => {
  test.each([
    ['the answer itself', notes(1, 2)],
    ['the only list among the usual names', { data: notes(1, 2), meta: [], page: 1 }],
    ['results', { results: notes(1, 2), items: 2 }],
    ['features', { type: 'FeatureCollection', features: notes(1, 2) }],
  ])('is found: %s', async (_, body) => {
    expect(keysOf(await readAll(await openApi({}, () => ({ body }))))).toEqual(['1', '2']);
  });

  test.each([
    ['data.notes', { data: { notes: notes(1, 2) } }],
    ['a.list', { 'a.list': notes(1, 2) }],
    ['data[].note', { data: notes(1, 2).map((note) => ({ note })) }],
  ])('is at the path %s', async (records, body) => {
    expect(keysOf(await readAll(await openApi({ records }, () => ({ body }))))).toEqual(['1', '2']);
  });

  test.each([
    ['several lists', {}, { data: [], items: [] }, /several lists/],
    ['no list at its path', { records: 'data' }, { data: { id: 1 } }, /data is not a list/],
    [
      'an error with status 200',
      { records: 'data' },
      { error: { message: 'Rate limit, see /x?key=1' } },
      /error instead of records: Rate limit, see \/x$/,
    ],
  ])('with %s, the read fails and names the setting', async (_, settings, body, message) => {
    const error = await readAll(await openApi(settings, () => ({ body }))).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      hint: 'set records of notes in sources.yaml',
    });
  });

  test('an error with status 200 in the middle of a read does not end it as complete', async () => {
    const setting = await openApi({ records: 'data', page: { number: 'page' } }, ({ query }) => ({
      body: query['page'] === '1' ? { data: notes(1, 2) } : { errors: ['slow down'] },
    }));
    await expect(readAll(setting)).rejects.toThrow('slow down');
  });
});

describe('pitfall 20: HTML with status 200', () => {
  test.each([
    [
      'a sign-in page',
      '<!doctype html><title>Sign in</title>',
      'text/html',
      /page 1 is not JSON: the server sent "Sign in" as text\/html/,
    ],
    ['HTML that claims to be JSON', ' <html><h1>Just a moment</h1>', 'application/json', /"Just a moment"/],
    ['text', 'Service paused', 'text/plain', /"Service paused" as text\/plain/],
    ['nothing', '', 'application/json', /an empty body/],
    ['half a body', '{"data": [{"id": 1}', 'application/json', /page 1 is not valid JSON \(19 bytes\)/],
  ])('%s fails', async (_, body, type, message) => {
    const setting = await openApi({}, () => ({ body, headers: { 'content-type': type } }));
    await expect(readAll(setting)).rejects.toThrow(message);
    expect(setting.server.asked).toHaveLength(1);
  });
});

test('pitfall 21: numbers keep their digits', async () => {
  const body = '[{"id":12345678901234567890,"title":"a","amount":0.12345678901234567891,"plain":1.5}]';
  const setting = await openApi({}, () => ({ body, headers: JSON_TYPE }));
  const [record] = (await readAll(setting))[0]!.records;
  expect(record).toMatchObject({
    key: '12345678901234567890',
    payload: '{"id":"12345678901234567890","title":"a","amount":"0.12345678901234567891","plain":1.5}',
  });
});

test('pitfall 22: texts that mean nothing belong to the mapping, and change its hash only', async () => {
  const [plain, marked] = [await openApi({}, () => ({})), await openApi({ empty: ['.'] }, () => ({}))];
  expect(marked.reader.mapShape).not.toBe(plain.reader.mapShape);
  expect(
    apiEntry.parse({ url: 'http://a', item: { external_id: 'id', title: 'title' }, empty: ['.', 'N/A'] })
      .empty,
  ).toEqual(['.', 'N/A']);
});

test('pitfall 23: fields that no record has are reported with each record', async () => {
  const setting = await openApi({}, () => ({ body: [{ id: 1 }, { id: 2, title: 'a' }] }));
  expect((await readAll(setting))[0]!.records.map(({ missing }) => missing)).toEqual([['title'], []]);
});

const answer: Parameters<typeof openApi>[1] = ({ headers }) =>
  headers['if-none-match'] === 'W/"1"'
    ? { status: 304, headers: { 'last-modified': 'Sat, 28 Nov 2026 00:00:00 GMT' } }
    : { body: notes(1, 3), headers: { etag: 'W/"1"' } };

describe('an unchanged list', () => {
  test('is not read again, and a 304 can bring new validators', async () => {
    const setting = await openApi({}, answer);
    const first = (await readAll(setting)).at(-1)!;
    const [second] = await readAll(setting, first.checkpoint);
    expect(second).toMatchObject({ records: [], end: { outcome: 'unchanged', isWhole: false } });
    expect(Object.values(second!.checkpoint.validators)).toEqual([
      { etag: 'W/"1"', lastModified: 'Sat, 28 Nov 2026 00:00:00 GMT' },
    ]);
    await readAll(setting, second!.checkpoint);
    expect(setting.server.asked.at(-1)!.headers).toMatchObject({
      'if-none-match': 'W/"1"',
      'if-modified-since': 'Sat, 28 Nov 2026 00:00:00 GMT',
    });
    const always = await readAll(setting, first.checkpoint, { always: true });
    expect(keysOf(always)).toEqual(['1', '2', '3']);
  });

  test('of several pages is requested without conditions: the first page shows nothing of the others', async () => {
    const setting = await openApi({ page: { cursor: 'next', param: 'c' } }, ({ query }) => ({
      body: query['c'] === undefined ? { data: notes(1, 1), next: 'b' } : { data: notes(2, 2) },
      headers: { etag: '"1"' },
    }));
    const last = (await readAll(setting)).at(-1)!;
    expect(last.checkpoint.validators).toEqual({});
  });

  test('stored checkpoints have no query of an address', async () => {
    const setting = await openApi({ query: { key: 'geheim' } }, answer);
    expect(JSON.stringify(await readAll(setting))).not.toContain('geheim');
  });

  test('that is gone (410) ends the read', async () => {
    const setting = await openApi({}, () => ({ status: 410 }));
    expect((await readAll(setting)).map(({ end }) => end!.outcome)).toEqual(['gone']);
    expect(setting.server.asked).toHaveLength(1);
  });

  test('that moved for good is read, and the new address is reported without its query', async () => {
    const setting = await openApi({}, ({ path }) =>
      path === '/list'
        ? { status: 301, headers: { location: '/v2/list?key=geheim' } }
        : { body: notes(1, 1) },
    );
    const [batch] = await readAll(setting);
    expect(batch!.warnings).toEqual([
      `the address has moved to ${setting.server.origin}/v2/list: change url`,
    ]);
  });
});

function openFile(): { readonly reader: ItemReader; write(text: string): void } {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-json-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const settings = apiEntry.parse({ path: 'notes.json', item: { external_id: 'id', title: 'title' } });
  const options = {
    id: 'notes',
    settings,
    folder,
    requester: undefined,
    mapper: plainMapper,
    clock: fakeClock(),
  };
  return {
    reader: createApiReader(options),
    write: (text) => writeFileSync(join(folder, 'notes.json'), text),
  };
}

describe('a JSON file', () => {
  test('that never existed is a wrong path; one that vanished is waited for', async () => {
    const file = openFile();
    await expect(readAll(file)).rejects.toThrow(ConfigError);
    await expect(readAll(file)).rejects.toThrow('there is no file notes.json');
    const known = checkpoint({ kind: 'page' });
    expect((await readAll(file, known))[0]!.end).toEqual({ outcome: 'waiting', isWhole: false });
  });

  test('is read, and then unchanged', async () => {
    const file = openFile();
    file.write(JSON.stringify({ data: notes(1, 100) }));
    const first = (await readAll(file)).at(-1)!;
    expect([first.records.length, first.warnings, first.end]).toEqual([
      100,
      [],
      { outcome: 'read', isWhole: true },
    ]);
    expect((await readAll(file, first.checkpoint))[0]!.end!.outcome).toBe('unchanged');
    file.write(JSON.stringify([{ id: 7, title: 'new' }]));
    expect(keysOf(await readAll(file, first.checkpoint))).toEqual(['7']);
    expect(file.reader.server).toBeUndefined();
  });
});

async function shape(settings: Readonly<Record<string, unknown>>): Promise<string> {
  const { reader } = await openApi(settings, () => ({}));
  return reader.readShape;
}

test('the hash of what is read changes with address, query and paging, not with the overlap', async () => {
  const base = { url: 'http://a.test/x', since: { field: 'a', param: 'b' } };
  const same = await shape(base);
  expect(await shape({ ...base, since: { ...base.since, overlap: '1h' } })).toBe(same);
  for (const other of [
    { url: 'http://a.test/y' },
    { query: { a: 'b' } },
    { page: { number: 'p' } },
    { records: 'r' },
  ]) {
    expect(await shape({ ...base, ...other })).not.toBe(same);
  }
});

import { describe, expect, test } from 'vitest';
import { type Body, getJson, idsOf, startItems } from './helpers.ts';

type Note = { readonly id: number; readonly updated_at: string; readonly updated_unix_ms: number };

const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();

describe('filters by time and id', () => {
  test.each<[string, (note: Note) => string]>([
    ['updated_since', ({ updated_at }) => updated_at],
    [
      'updated_since',
      ({ updated_unix_ms }) => new Date(updated_unix_ms).toISOString().replace('Z', '+00:00'),
    ],
    ['since_unix', ({ updated_unix_ms }) => String(updated_unix_ms / 1000)],
    ['since_unix_ms', ({ updated_unix_ms }) => String(updated_unix_ms)],
    ['since_id', ({ id }) => String(id)],
  ])('%s includes its value, and excludes it if asked to', async (name, valueOf) => {
    const { url } = await startItems({ records: 60 });
    const notes = await getJson<Note[]>(`${url}/api/notes/all`);
    // The first of three with the same stamp.
    const from = notes[30]!;
    expect([notes[29]!.updated_at < from.updated_at, notes[32]!.updated_at === from.updated_at]).toEqual([
      true,
      true,
    ]);
    const value = encodeURIComponent(valueOf(from));
    expect(idsOf(await getJson(`${url}/api/notes/all?${name}=${value}`))).toEqual(idsOf(notes.slice(30)));
    const strict = idsOf(await getJson(`${url}/api/notes/all?${name}=${value}&strict=1`));
    expect(strict).toEqual(idsOf(notes.slice(name === 'since_id' ? 31 : 33)));
  });

  test('a date is the start of a day in UTC; other forms are refused', async () => {
    const { url } = await startItems({ records: 60 });
    const notes = await getJson<(Note & { readonly updated_on: string })[]>(`${url}/api/notes/all`);
    const day = notes[30]!.updated_on;
    const found = idsOf(await getJson(`${url}/api/notes/all?updated_on=${day}`));
    expect(found).toEqual(idsOf(notes.filter(({ updated_on }) => updated_on >= day)));
    for (const refused of ['updated_on=05/01/2026', 'updated_since=2026-05-01', 'since_unix=1.5', 'order=up'])
      expect((await fetch(`${url}/api/notes/all?${refused}`)).status).toBe(400);
  });

  test('orders: descending, by id, and none that helps', async () => {
    const sandbox = await startItems({ records: 30 });
    const { url } = sandbox;
    const orderOf = async (order: string): Promise<number[]> =>
      idsOf(await getJson(`${url}/api/notes/all?order=${order}`));
    sandbox.collection('notes').patch('3', { state: 'done' });
    expect((await orderOf('asc')).at(-1)).toBe(3);
    expect((await orderOf('desc'))[0]).toBe(3);
    expect((await orderOf('id'))[2]).toBe(3);
    const none = await orderOf('none');
    expect(none.toSorted((one, other) => one - other)).toEqual(await orderOf('id'));
    expect(none).not.toEqual(await orderOf('id'));
  });
});

describe('an endpoint like Socrata', () => {
  test('filters, orders and pages, with system fields on request', async () => {
    const { url, credentials } = await startItems({ records: 90 });
    const permits = `${url}/resource/permits.json`;
    const get = (values: Record<string, string>): Promise<Body[]> =>
      getJson(`${permits}?${query({ $order: ':updated_at, :id', $select: ':*, *', ...values })}`, {
        'X-App-Token': credentials.key,
      });
    const all = await get({});
    expect(all).toHaveLength(90);
    const since = String(all[60]![':updated_at']);
    const later = await get({ $where: `:updated_at >= '${since}'`, $limit: '20' });
    expect(later.map((each) => each[':id'])).toEqual(all.slice(60, 80).map((each) => each[':id']));
    expect(await get({ $where: `:updated_at >= '${since}'`, $limit: '20', $offset: '20' })).toHaveLength(10);
    // A floating timestamp, as its documentation writes it.
    expect(await get({ $where: `:updated_at > '${since.replace('Z', '')}'` })).toHaveLength(27);
    const [plain] = await getJson<Body[]>(`${permits}?$limit=1`);
    expect(Object.keys(plain!).filter((name) => name.startsWith(':'))).toEqual([]);
  });

  test('refuses what it cannot read, and a wrong token', async () => {
    const { url } = await startItems({ records: 9 });
    const permits = `${url}/resource/permits.json`;
    expect((await fetch(`${permits}?${query({ $where: 'lower(a) = 1' })}`)).status).toBe(400);
    expect((await fetch(permits, { headers: { 'X-App-Token': 'other' } })).status).toBe(403);
    expect((await fetch(permits)).status).toBe(200);
  });
});

test('an endpoint like FRED: observations from a date, with "." for missing values', async () => {
  const { url } = await startItems({ records: 100 });
  const base = `${url}/fred/series/observations?series_id=MORTGAGE30US&file_type=json`;
  expect((await fetch(base)).status).toBe(400);
  const body = await getJson(`${base}&api_key=sandbox-key&observation_start=2016-01-01&limit=20&offset=10`);
  const rates = body['observations'] as readonly { readonly date: string; readonly value: string }[];
  expect([body['count'], rates.length, rates[0]!.date]).toEqual([47, 20, '2016-03-17']);
  const whole = await getJson(`${base}&api_key=sandbox-key`);
  expect((whole['observations'] as typeof rates).filter(({ value }) => value === '.')).toHaveLength(3);
});

import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { DIALECTS } from '../../../src/sandbox/items/csv/dialects.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';
import { control, getJson, idsOf, startItems, upTo } from './helpers.ts';

type Note = { readonly id: number; readonly state: string; readonly updated_at: string };

describe('the data', () => {
  test('are the same for the same seed', async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => startItems({ records: 9, seed })));
    const notes = (sandbox: typeof one): Promise<unknown> => getJson(`${sandbox!.url}/api/notes/all`);
    expect(await notes(same)).toEqual(await notes(one));
    expect(await notes(other)).not.toEqual(await notes(one));
  });

  test('change when asked to: added, edited, deleted', async () => {
    const sandbox = await startItems({ records: 20, clock: () => Date.UTC(2026, 8, 1) });
    const changes = await control<Record<string, Record<string, string[]>>>(
      sandbox,
      'POST',
      'change?collection=notes&added=2&edited=3&deleted=4',
    );
    expect(Object.keys(changes)).toEqual(['notes']);
    const { added, edited, deleted } = changes['notes']!;
    expect([added, edited!.length, deleted!.length]).toEqual([['21', '22'], 3, 4]);
    const notes = await getJson<Note[]>(`${sandbox.url}/api/notes/all?order=id`);
    expect(idsOf(notes)).toEqual(upTo(22).filter((id) => !deleted!.includes(String(id))));
    const moved = notes
      .filter(({ updated_at }) => updated_at === '2026-09-01T00:00:00.000Z')
      .map(({ id }) => String(id));
    expect(moved.toSorted()).toEqual(
      [...added!, ...edited!.filter((key) => !deleted!.includes(key))].toSorted(),
    );
    const all = await control(sandbox, 'POST', 'change?added=1');
    expect(Object.keys(all)).toEqual(['notes', 'permits', 'rates', 'roster', 'news']);
    await expect(control(sandbox, 'POST', 'change?collection=other')).rejects.toThrow('400');
  });

  test('change record by record: with any values, an old stamp, or the stamp it has', async () => {
    const sandbox = await startItems({ records: 3 });
    const { key } = await control(sandbox, 'POST', 'records/notes?at=2025-01-01T00:00:00Z', { title: null });
    expect(key).toBe('4');
    const find = async (id: number): Promise<Note | undefined> =>
      (await getJson<Note[]>(`${sandbox.url}/api/notes/all`)).find((note) => note.id === id);
    expect(await find(4)).toMatchObject({ title: null, updated_at: '2025-01-01T00:00:00.000Z' });
    const before = await find(2);
    await control(sandbox, 'PATCH', 'records/notes/2?stamp=keep', { state: 'changed' });
    expect(await find(2)).toEqual({ ...before, state: 'changed' });
    await control(sandbox, 'DELETE', 'records/notes/2');
    expect(await find(2)).toBeUndefined();
    await expect(control(sandbox, 'DELETE', 'records/notes/2')).rejects.toThrow('404');
    // A key with a blank.
    const [permit] = await control<{ readonly key: string }[]>(sandbox, 'GET', 'records/permits');
    await control(sandbox, 'PATCH', `records/permits/${encodeURIComponent(permit!.key)}`, {
      permit_class: 'Other',
    });
    expect(await getJson(`${sandbox.url}/resource/permits.json`)).toContainEqual(
      expect.objectContaining({ permit_number: permit!.key, permit_class: 'Other' }),
    );
  });
});

test('the folder has every file, and follows changes', async () => {
  const folder = temporaryFolder();
  const sandbox = await startItems({ records: 20, folder });
  expect((await readdir(folder)).toSorted()).toEqual(
    [
      ...Object.keys(DIALECTS).map((name) => `roster-${name}.csv`),
      'roster-packed.csv.gz',
      'roster-packed.csv.zip',
    ].toSorted(),
  );
  const read = (): Promise<string> => readFile(`${folder}/roster-plain.csv`, 'utf8');
  const before = await read();
  await control(sandbox, 'POST', 'change?collection=roster&added=1');
  const after = await read();
  expect([after.startsWith(before), after.trimEnd().split('\r\n').length]).toEqual([true, 22]);
});

test('ends over HTTP', async () => {
  const sandbox = await startItems({ records: 1 });
  await control(sandbox, 'POST', 'stop');
  await sandbox.closed;
  await expect(fetch(sandbox.url)).rejects.toThrow('fetch failed');
});

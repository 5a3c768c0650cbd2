import { expect, test } from 'vitest';
import { trestle } from '../helpers/cli.ts';
import { countyFolder, prints } from '../helpers/county-folder.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

type Line = { id: number; table: string; line: number; reason: string; raw: string };

async function listLines(folder: string): Promise<Line[]> {
  return JSON.parse(await prints(folder, 'quarantine', 'list', '--source', 'hcad', '--json')) as Line[];
}

test('promise 25: a rejected line is listed, shown and replayed into the published table, once', async () => {
  const feed = await sandboxFor({ listings: 20 });
  const { folder, db, county } = await countyFolder({ feed });
  expect(await prints(folder, 'quarantine', 'list', '--source', 'hcad')).toMatch(/no rejected lines/);
  await prints(folder, 'sync');
  const [wanted] = [...county.rejectedLines('fixtures', 2026)];
  expect(await prints(folder, 'quarantine', 'list')).toMatch(
    /^hcad: 1 rejected line.*trestle-etl quarantine list --source hcad$/m,
  );
  const [line, ...more] = await listLines(folder);
  expect(more).toEqual([]);
  expect(line).toMatchObject({ table: 'hcad_fixtures', line: wanted!.line, reason: 'too-few-fields' });
  const number = String(line!.id);
  const shown = await prints(folder, 'quarantine', 'show', number, '--source', 'hcad');
  expect(shown).toContain(`line ${wanted!.line} of Real_building_land/fixtures.txt`);
  expect(shown).toContain(line!.raw);

  // It is still invalid.
  expect(await prints(folder, 'quarantine', 'replay', '--all', '--source', 'hcad')).toMatch(
    /^0 are valid now .* 1 are still invalid\n$/,
  );
  // A user corrects the line.
  const [account] = line!.raw.split(' ');
  const corrected = `${account}\t9\tSTY \tStory Height Index\t1.00`;
  await db.query('UPDATE etl_import_reject SET raw = ? WHERE id = ?', [corrected, number]);
  const before = await countRows();
  const replayed = await prints(folder, 'quarantine', 'replay', number, '--source', 'hcad');
  expect(replayed).toMatch(/^1 are valid now/);
  expect(replayed).toContain('hcad_parcel was built before');
  expect(await countRows()).toBe(before + 1);
  expect(
    await db.query('SELECT type, units FROM hcad_fixtures WHERE acct = ? AND bld_num = 9', [account]),
  ).toEqual([{ type: 'STY', units: '1.00000000' }]);
  const [file] = await db.query<Record<string, string>>(
    "SELECT line_count - row_count - reject_count - skipped_count - duplicate_count AS rest, reject_count FROM etl_import_file WHERE table_name = 'hcad_fixtures'",
  );
  expect(file).toEqual({ rest: '0', reject_count: '0' });
  expect(await listLines(folder)).toEqual([]);
  const again = await trestle(folder, ['quarantine', 'replay', number, '--source', 'hcad']);
  expect(again).toMatchObject({ code: 2 });
  expect(again.stderr).toContain('trestle-etl quarantine list --source hcad');
  expect(await countRows()).toBe(before + 1);
  const [run] = await db.query<Record<string, string>>(
    "SELECT source, status, records_inserted FROM etl_sync_log WHERE mode = 'replay' AND records_inserted > 0",
  );
  expect(run).toEqual({ source: 'hcad', status: 'success', records_inserted: '1' });

  async function countRows(): Promise<number> {
    const [row] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM hcad_fixtures');
    return Number(row!.n);
  }
});

test('a line whose key is taken stays a reject with its reason, and purge deletes it', async () => {
  const { folder, db } = await countyFolder();
  await prints(folder, 'sync');
  const [row] = await db.query<Record<string, string>>('SELECT * FROM etl_import_reject');
  const [land] = await db.query<Record<string, string>>('SELECT acct FROM hcad_real_acct LIMIT 1');
  const fields = [land!['acct']!, '2026', 'SOMEBODY ELSE', ...Array.from({ length: 68 }, () => '')];
  await db.query(
    "UPDATE etl_import_reject SET table_name = 'hcad_real_acct', member = 'real_acct.txt', raw = ? WHERE id = ?",
    [fields.join('\t'), row!['id']],
  );
  expect(await prints(folder, 'quarantine', 'replay', '--all', '--source', 'hcad')).toMatch(/^0 are valid/);
  const [line] = await listLines(folder);
  expect(line).toMatchObject({ reason: 'duplicate-key' });
  expect(await prints(folder, 'quarantine', 'purge', String(line!.id))).toMatch(/^1 deleted/);
  expect(await listLines(folder)).toEqual([]);
});

test('a layout that changed since the release was loaded cannot replay its lines', async () => {
  const { folder, db } = await countyFolder();
  await prints(folder, 'sync');
  await db.query('ALTER TABLE hcad_fixtures CHANGE units units_then DECIMAL(24,8)');
  const ended = await trestle(folder, ['quarantine', 'replay', '--all']);
  expect(ended.code).toBe(78);
  expect(ended.stderr).toMatch(/layout of hcad_fixtures changed/);
  expect(await listLines(folder)).toHaveLength(1);
});

test('words that are no numbers, and flags of the feed, are refused', async () => {
  const { folder } = await countyFolder();
  await prints(folder, 'sync');
  for (const args of [
    ['show', 'x'],
    ['replay', 'x'],
    ['purge', '999999999999999999'],
    ['list', '--fields'],
  ]) {
    expect(await trestle(folder, ['quarantine', ...args, '--source', 'hcad'])).toMatchObject({ code: 2 });
  }
  expect(await trestle(folder, ['quarantine', 'list', '--source', 'nowhere'])).toMatchObject({ code: 2 });
});

import { describe, expect, test } from 'vitest';
import {
  countyFor,
  expectTable,
  FEW_TABLES,
  importSetting,
  type ImportSetting,
  succeeds,
} from '../helpers/county.ts';

/** Compares the published tables with the sandbox's current release. */
async function expectRelease(setting: ImportSetting, tables: readonly string[] = FEW_TABLES): Promise<void> {
  for (const table of tables) await expectTable(setting, { table, year: 2026 });
}

async function states({ db }: ImportSetting): Promise<string[]> {
  const rows = await db.query<{ state: string }>('SELECT state FROM etl_import ORDER BY id');
  return rows.map(({ state }) => state);
}

/** Names of the source's tables that are not published. */
async function unpublished({ db }: ImportSetting): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'hcad%|_|_%' ESCAPE '|' ORDER BY table_name",
  );
  return rows.map(({ name }) => name);
}

describe('releases', () => {
  test('promise 24: a release that did not change costs one request an archive, and is not parsed', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    await succeeds(setting, 'sync', 'hcad');
    const files = await setting.db.query('SELECT * FROM etl_import_file');
    county.requests.length = 0;
    await succeeds(setting, 'sync', 'hcad');
    expect(county.requests).toHaveLength(2);
    expect(county.requests.every(({ status, bytes }) => status === 304 && bytes === 0)).toBe(true);
    expect(await setting.db.query('SELECT * FROM etl_import_file')).toEqual(files);
    expect(await states(setting)).toEqual(['published']);
  });

  test('promise 23: rollback returns to the earlier release, and sync does not load the bad one again', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    await succeeds(setting, 'sync', 'hcad');
    county.setRelease(2);
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
    await succeeds(setting, 'rollback', 'hcad');
    county.setRelease(1);
    await expectRelease(setting);
    expect(await states(setting)).toEqual(['published', 'rolled-back']);

    const second = await setting.run('rollback', 'hcad');
    expect(second).toMatchObject({ code: 2 });
    expect(second.stderr).toMatch(/no earlier release is kept/);

    county.setRelease(2);
    county.requests.length = 0;
    await succeeds(setting, 'sync', 'hcad');
    expect(county.requests.every(({ bytes }) => bytes === 0)).toBe(true);
    expect(await states(setting)).toEqual(['published', 'rolled-back']);
    await succeeds(setting, 'rollback', 'hcad', '--run', '2');
    await expectRelease(setting);

    await succeeds(setting, 'rollback', 'hcad', '--run', '1');
    county.setRelease(3);
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
    expect((await states(setting)).at(-1)).toBe('published');
  });

  test('promise 23: as many releases are kept as keep_releases says, and their tables are dropped afterwards', async () => {
    const county = await countyFor();
    const setting = await importSetting(county, { tables: ['real_acct'], keep_releases: 2 });
    for (const release of [1, 2, 3]) {
      county.setRelease(release);
      await succeeds(setting, 'sync', 'hcad');
    }
    expect(await states(setting)).toEqual(['dropped', 'kept', 'published']);
    expect(await unpublished(setting)).toEqual(['hcad_parcel__2', 'hcad_real_acct__2', 'hcad_release__2']);
    setting.configure({ tables: ['real_acct'], keep_releases: 1 });
    county.setRelease(4);
    await succeeds(setting, 'sync', 'hcad');
    expect(await states(setting)).toEqual(['dropped', 'dropped', 'dropped', 'published']);
    expect(await unpublished(setting)).toEqual([]);
    expect(await setting.run('rollback', 'hcad')).toMatchObject({ code: 2 });
  });

  test('promise 23: years stand side by side; only the year that changed is loaded again', async () => {
    const county = await countyFor();
    const setting = await importSetting(county, { year: [2025, 2026] });
    const check = async (): Promise<void> => {
      for (const table of FEW_TABLES)
        for (const year of [2025, 2026])
          expect(await expectTable(setting, { table, year })).toBeGreaterThan(0);
    };
    await succeeds(setting, 'sync', 'hcad');
    await check();
    // The rows are the same, the archive is another.
    county.faults.add({ kind: 'no-header', archive: '2026/Real_acct_owner', table: 'real_acct' });
    await succeeds(setting, 'sync', 'hcad');
    await check();
    const loaded =
      'SELECT table_name AS name, tax_year AS year FROM etl_import_file WHERE import_id = 2 ORDER BY 1';
    expect(await setting.db.query(loaded)).toEqual([
      { name: 'hcad_owners', year: 2026 },
      { name: 'hcad_real_acct', year: 2026 },
    ]);
    setting.configure({ year: 2026 });
    await succeeds(setting, 'full-load', 'hcad', '--force');
    expect(await setting.db.query('SELECT DISTINCT tax_year AS year FROM hcad_owners')).toEqual([
      { year: 2026 },
    ]);
  });

  test('promise 23: a table that is added to the configuration is loaded although no archive changed, and one that is removed leaves', async () => {
    const county = await countyFor();
    const setting = await importSetting(county, { tables: ['real_acct'] });
    await succeeds(setting, 'sync', 'hcad');
    setting.configure({ tables: ['real_acct', 'owners', 'land'] });
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting, ['real_acct', 'owners', 'land']);
    setting.configure({ tables: ['real_acct', 'land'] });
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting, ['real_acct', 'land']);
    await expect(setting.db.query('SELECT 1 FROM hcad_owners')).rejects.toThrow(/doesn't exist/);
    await succeeds(setting, 'rollback', 'hcad');
    await expectRelease(setting, ['real_acct', 'owners', 'land']);
  });

  test('promise 23: a release is compared with the one before it', async () => {
    const county = await countyFor({ accounts: 1000 });
    const setting = await importSetting(county, { tables: ['real_acct'] });
    const before = new Map(
      [...county.expectedRows('real_acct', 2026)].map((row) => [row['acct'], JSON.stringify(row)]),
    );
    await succeeds(setting, 'sync', 'hcad');
    county.setRelease(2);
    const after = new Map(
      [...county.expectedRows('real_acct', 2026)].map((row) => [row['acct'], JSON.stringify(row)]),
    );
    await succeeds(setting, 'sync', 'hcad');
    const both = [...after].filter(([acct]) => before.has(acct));
    const changed = both.filter(([acct, row]) => before.get(acct) !== row).length;
    const [found] = await setting.db.query(
      "SELECT row_count, new_count, changed_count, unchanged_count, gone_count FROM etl_import_table WHERE import_id = 2 AND table_name = 'hcad_real_acct'",
    );
    expect(changed).toBeGreaterThan(0);
    expect(found).toEqual(
      Object.fromEntries(
        Object.entries({
          row_count: after.size,
          new_count: after.size - both.length,
          changed_count: changed,
          unchanged_count: both.length - changed,
          gone_count: before.size - both.length,
        }).map(([name, count]) => [name, String(count)]),
      ),
    );
  });
});

describe('tables that a user dropped', () => {
  test('promise 23: a published table that is gone is loaded again', async () => {
    const setting = await importSetting(await countyFor());
    await succeeds(setting, 'sync', 'hcad');
    await setting.db.query('DROP TABLE hcad_owners');
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
  });

  test('promise 23: a rollback to a release that lost a table is refused and names it', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    await succeeds(setting, 'sync', 'hcad');
    county.setRelease(2);
    await succeeds(setting, 'sync', 'hcad');
    await setting.db.query('DROP TABLE hcad_owners__1');
    const ended = await setting.run('rollback', 'hcad');
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toMatch(/the table hcad_owners__1 of release 1 is gone/);
    await expectRelease(setting);
  });
});

describe('ways to import', () => {
  test('promise 24: --dry-run asks what changed, and writes nothing', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    const tables =
      'SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = DATABASE()';
    const before = await setting.db.query(tables);
    await succeeds(setting, 'sync', 'hcad', '--dry-run');
    expect(await setting.db.query(tables)).toEqual(before);
    expect(await setting.db.query('SELECT * FROM etl_import')).toEqual([]);
    expect(county.requests).toHaveLength(2);
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
  });
});

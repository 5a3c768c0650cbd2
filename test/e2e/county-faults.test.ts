import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CountyFault, CountySandbox } from '../../src/sandbox/county/index.ts';
import {
  countyFor,
  expectTable,
  FEW_TABLES,
  importSetting,
  type ImportSetting,
  succeeds,
} from '../helpers/county.ts';

const ARCHIVE = 'Real_acct_owner';

/** The tables that are published now. */
async function publishedTables({ db }: ImportSetting): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'hcad%' " +
      "AND table_name NOT LIKE '%|_|_%' ESCAPE '|' ORDER BY table_name",
  );
  return rows.map(({ name }) => name);
}

async function expectRelease(setting: ImportSetting, tables: readonly string[] = FEW_TABLES): Promise<void> {
  for (const table of tables) {
    expect(await expectTable(setting, { table, year: 2026 })).toBeGreaterThan(0);
  }
}

const downloads = ({ requests }: CountySandbox, archive = ARCHIVE): number[] =>
  requests.filter(({ path, method }) => method === 'GET' && path.includes(archive)).map(({ bytes }) => bytes);

/** Files of the configuration's folder, except for logs and what the source may write. */
function otherFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !/^logs|^state\/sources(?:$|\/hcad)/.test(path))
    .toSorted();
}

describe('faults of a download', () => {
  test.each<[string, CountyFault[]]>([
    ['a line that breaks twice', [{ kind: 'cut', bytes: 9000, count: 2 }]],
    [
      'a server that ignores the range of a resumed download',
      [
        { kind: 'cut', bytes: 9000 },
        { kind: 'ignore-range', skip: 1 },
      ],
    ],
    ['an archive that changes between two parts', [{ kind: 'change', bytes: 9000 }]],
    [
      'an archive with a weak ETag that changes in between',
      [{ kind: 'weak-etag' }, { kind: 'change', bytes: 9000 }],
    ],
    [
      'no ETag',
      [
        { kind: 'no-etag', count: 2 },
        { kind: 'cut', bytes: 9000 },
      ],
    ],
    [
      'no length',
      [
        { kind: 'no-length', count: 2 },
        { kind: 'cut', bytes: 9000 },
      ],
    ],
    ['a slow line', [{ kind: 'slow', bytesPerSecond: 40_000 }]],
    ['an answer that is not HTTP', [{ kind: 'garbage' }]],
    ['a connection that is reset', [{ kind: 'reset' }]],
    ['a server in trouble', [{ kind: 'status', status: 503 }]],
  ])('promise 24: %s does not change what is loaded', async (_, faults) => {
    const county = await countyFor();
    for (const fault of faults) county.faults.add({ archive: ARCHIVE, ...fault });
    const setting = await importSetting(county, { tables: ['real_acct', 'owners'] });
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting, ['real_acct', 'owners']);
  });

  test('promise 24: a year that is not published is not an error, and nothing else is loaded in its place', async () => {
    const county = await countyFor();
    const setting = await importSetting(county, { year: 2027 });
    await succeeds(setting, 'sync', 'hcad');
    expect(await publishedTables(setting)).toEqual([]);
    expect(county.requests.every(({ bytes }) => bytes === 0)).toBe(true);
    setting.configure({ year: [2026, 2027] });
    await succeeds(setting, 'sync', 'hcad');
    expect(await setting.db.query('SELECT DISTINCT tax_year FROM hcad_real_acct')).toEqual([
      { tax_year: 2026 },
    ]);
  });

  test('promise 24: an archive that is damaged twice in the same state is not fetched a third time', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ kind: 'wrong-crc', archive: ARCHIVE, table: 'owners' });
    const first = await setting.run('sync', 'hcad');
    expect(first).toMatchObject({ code: 1 });
    expect(first.stderr).toMatch(/2026\/Real_acct_owner is damaged: .*CRC.* — the next run fetches it again/);
    const second = await setting.run('sync', 'hcad');
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toMatch(/damaged at its publisher: the same file was fetched 2 times/);
    expect(downloads(county).filter((bytes) => bytes > 0)).toHaveLength(2);

    county.requests.length = 0;
    const third = await setting.run('sync', 'hcad');
    expect(third).toMatchObject({ code: 1 });
    expect(third.stderr).toMatch(/damaged at its publisher/);
    expect(downloads(county)).toEqual([0]);
    expect(await publishedTables(setting)).toEqual([]);

    county.faults.clear();
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
    expect(existsSync(join(setting.folder, 'state/sources/hcad'))).toBe(false);
  });

  test('promise 24: a damaged archive that is whole when it is fetched again is loaded, without rows of the damaged one', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ kind: 'wrong-crc', archive: ARCHIVE });
    expect(await setting.run('sync', 'hcad')).toMatchObject({ code: 1 });
    county.faults.clear();
    county.setRelease(2);
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
  });

  test('promise 24: full-load fetches an archive again that is damaged at its publisher', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ kind: 'half-archive', archive: ARCHIVE });
    for (let nth = 0; nth < 2; nth += 1) expect(await setting.run('sync', 'hcad')).toMatchObject({ code: 1 });
    county.requests.length = 0;
    expect(await setting.run('full-load', 'hcad')).toMatchObject({ code: 1 });
    expect(downloads(county).filter((bytes) => bytes > 0)).toHaveLength(1);
  });

  test('promise 24: a wrong SHA-256 is refused with both sums', async () => {
    const setting = await importSetting(await countyFor(), {
      sha256: { [`2026/${ARCHIVE}`]: 'a'.repeat(64) },
    });
    const ended = await setting.run('sync', 'hcad');
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toMatch(/its SHA-256 is [0-9a-f]{64}, expected was a{64}/);
    expect(await publishedTables(setting)).toEqual([]);
  });
});

describe('hostile and wrong archives', () => {
  test.each<[string, CountyFault, RegExp]>([
    ['names that leave the folder', { kind: 'traversal' }, /the name "\.\.\/\.\.\/evil\.txt"/],
    ['a link', { kind: 'link' }, /is a link or another special file/],
    ['a bomb', { kind: 'bomb' }, /unpacks to more than 200 times its size/],
    ['an encrypted member', { kind: 'encrypted' }, /encrypted/],
    ['a method that is not supported', { kind: 'deflate64' }, /Deflate64.*7z/s],
    ['two members of one name', { kind: 'duplicate-member' }, /two members have the name/],
  ])(
    'promise 29: %s: a clear error, nothing published, nothing written elsewhere',
    async (_, fault, message) => {
      const county = await countyFor();
      const setting = await importSetting(county);
      await succeeds(setting, 'status');
      county.faults.add({ archive: ARCHIVE, ...fault });
      const before = otherFiles(setting.folder);
      const ended = await setting.run('sync', 'hcad');
      expect(ended).toMatchObject({ code: 1 });
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(await publishedTables(setting)).toEqual([]);
      expect(otherFiles(setting.folder)).toEqual(before);
      const written = readdirSync(join(setting.folder, 'state/sources/hcad'), {
        recursive: true,
        encoding: 'utf8',
      });
      expect(written.filter((path) => !/^2026$|\.archive(?:\.json)?$/.test(path))).toEqual([]);
      // The archive is whole: it is not fetched again only to be refused again.
      county.requests.length = 0;
      expect(await setting.run('sync', 'hcad')).toMatchObject({ code: 1 });
      expect(downloads(county)).toEqual([0]);
    },
  );

  test('promise 29: an archive inside an archive is not unpacked', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ archive: ARCHIVE, kind: 'nested' });
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
  });

  test('promise 25: a renamed column stops the import before a row is loaded', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ archive: ARCHIVE, kind: 'rename-column', table: 'owners', from: 'aka', to: 'alias' });
    const ended = await setting.run('sync', 'hcad');
    expect(ended).toMatchObject({ code: 78 });
    expect(ended.stderr).toMatch(/aka/);
    expect(await publishedTables(setting)).toEqual([]);
    const files = await setting.db.query("SELECT 1 FROM etl_import_file WHERE table_name = 'hcad_owners'");
    expect(files).toEqual([]);
  });

  test('promise 25: a missing file stops the import and names it', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ archive: ARCHIVE, kind: 'missing-member', table: 'owners' });
    const ended = await setting.run('sync', 'hcad');
    expect(ended).toMatchObject({ code: 78 });
    expect(ended.stderr).toMatch(/owners\.txt for the table owners/);
    expect(await publishedTables(setting)).toEqual([]);
  });

  test('promise 25: a file without a header is read by position', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    county.faults.add({ archive: ARCHIVE, kind: 'no-header' });
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
  });

  test('promise 25: half of the rows of the last release are not published unless the user insists', async () => {
    const county = await countyFor();
    const setting = await importSetting(county);
    await succeeds(setting, 'sync', 'hcad');
    county.faults.add({ archive: ARCHIVE, kind: 'half-rows' });
    const refused = await setting.run('sync', 'hcad');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/hcad_real_acct: fewer rows % is 5\d.*allowed 20/);
    await expectRelease(setting);

    county.requests.length = 0;
    await succeeds(setting, 'sync', 'hcad');
    expect(county.requests.every(({ bytes }) => bytes === 0)).toBe(true);
    await succeeds(setting, 'full-load', 'hcad', '--force');
    const [row] = await setting.db.query<{ n: string }>('SELECT COUNT(*) AS n FROM hcad_real_acct');
    expect(Number(row!.n)).toBeLessThan(160);
  });
});

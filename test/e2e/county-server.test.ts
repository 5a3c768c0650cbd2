import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { trestle } from '../helpers/cli.ts';
import {
  countyFor,
  expectRejects,
  expectTable,
  importSetting,
  type ImportSetting,
  succeeds,
  writeSources,
} from '../helpers/county.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { type OwnServer, startOwnServer } from '../helpers/own-server.ts';
import { writeZip } from '../helpers/zip-writer.ts';

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer();
});

/** How rows are stored: with LOAD DATA LOCAL if the server allows it. */
const METHODS = [
  ['with LOAD DATA LOCAL', '1'],
  ['with INSERT', '0'],
] as const;

async function databaseFor(label: string): Promise<FreshDatabase> {
  const db = await own.database(label);
  await db.query(`GRANT DROP ON ${db.name}.* TO '${db.user}'@'%'`);
  return db;
}

async function countLoads(): Promise<number> {
  const [rows] = await own.root.query("SHOW GLOBAL STATUS LIKE 'Com_load'");
  return Number((rows as { Value: string }[])[0]!.Value);
}

describe.each(METHODS)('rows that are stored %s', (_, localInfile) => {
  test('promise 26: have the values of the files', async () => {
    await own.setGlobals({ local_infile: localInfile });
    const before = await countLoads();
    const county = await countyFor({ accounts: 1300 });
    const tables = [
      'real_acct',
      'owners',
      'fixtures',
      'permits',
      'jur_tax_dist_exempt_value_rate',
      'desc_r_06_structural_element_type',
    ];
    const db = await databaseFor(`values${localInfile}`);
    const setting = await importSetting(county, { tables }, { db });
    await succeeds(setting, 'sync', 'hcad');
    let rejects = 0;
    for (const table of tables) {
      await expectTable(setting, { table, year: 2026 });
      rejects += await expectRejects(setting, { table, year: 2026 });
    }
    expect(rejects).toBeGreaterThan(0);
    expect((await countLoads()) - before > 0).toBe(localInfile === '1');
  });

  test('promise 25 and 26: repeated keys, long values and characters that SQL reserves are what the file has', async () => {
    await own.setGlobals({ local_infile: localInfile, sql_mode: 'NO_BACKSLASH_ESCAPES' });
    const db = await databaseFor(`odd${localInfile}`);
    const setting = await importSetting(await countyFor(), {}, { db });
    const files = join(setting.folder, 'files');
    writeLayout(setting);
    mkdirSync(files);
    writeFileSync(join(files, 'parcels.csv'), PARCELS);
    await succeeds(setting, 'sync', 'small', '--from', files);
    expect(await readParcels(setting)).toEqual(EXPECTED);
    expect(await db.query('SELECT line_no, reason, raw FROM etl_import_reject ORDER BY line_no')).toEqual([
      { line_no: '4', reason: 'duplicate-key', raw: '0002\tanother owner\t2\t2.50' },
      { line_no: '7', reason: 'too-few-fields', raw: '0005,short' },
    ]);
    const [file] = await db.query(
      'SELECT line_count, row_count, reject_count, skipped_count, duplicate_count FROM etl_import_file',
    );
    expect(file).toEqual({
      line_count: '9',
      row_count: '6',
      reject_count: '2',
      skipped_count: '0',
      duplicate_count: '1',
    });

    // The same rows come from an archive, without another year.
    const archive = join(setting.folder, 'roll.zip');
    writeFileSync(archive, writeZip([{ name: 'parcels.csv', data: PARCELS }]));
    const again = await trestle(setting.folder, ['full-load', 'small', '--from', archive]);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(await readParcels(setting)).toEqual(EXPECTED);
    expect(await db.query("SELECT state FROM etl_import WHERE state = 'published'")).toHaveLength(1);
  });
});

const LONG = 'L'.repeat(300);
const VERY_LONG = 'é'.repeat(5000);

const PARCELS = [
  'No,Owner,Rank,Acres',
  '0001,plain,1,1.5',
  '0002,back\\slash \\N \\,2,2.5',
  '0001,plain,1,1.5',
  '0002,another owner,2,2.50',
  "0003,' OR 1=1 -- \u{1F3E0} %_,,",
  `0004,${LONG},-4,0004.25`,
  '0005,short',
  `0006,${VERY_LONG},6,6`,
  '0007,a\tb,7,.5',
  '',
].join('\r\n');

const EXPECTED = [
  { no: '0001', owner: 'plain', rank: '1', acres: '1.50000000' },
  { no: '0002', owner: 'back\\slash \\N \\', rank: '2', acres: '2.50000000' },
  { no: '0003', owner: "' OR 1=1 -- \u{1F3E0} %_", rank: null, acres: null },
  { no: '0004', owner: LONG, rank: '-4', acres: '4.25000000' },
  { no: '0006', owner: VERY_LONG, rank: '6', acres: '6.00000000' },
  { no: '0007', owner: 'a\tb', rank: '7', acres: '0.50000000' },
];

function writeLayout({ folder }: ImportSetting): void {
  const parcels = {
    archive: 'roll',
    member: 'parcels.csv',
    columns: { No: 'account 10', Owner: 'text 20', Rank: 'integer', Acres: 'number' },
    key: ['No'],
    guards: { rejects: 100 },
  };
  const layout = {
    name: 'small-county',
    url: 'https://example.org/appraisal',
    archives: { roll: '{year}/roll.zip' },
    defaults: { format: 'comma', encoding: 'utf-8' },
    tables: { parcels },
  };
  writeFileSync(join(folder, 'small.json'), JSON.stringify(layout));
  writeSources(folder, { small: { type: 'county', layout: 'small.json', year: 2026 } });
}

function readParcels({ db }: ImportSetting): Promise<unknown[]> {
  return db.query(
    'SELECT `no`, `owner`, `rank`, acres FROM small_parcels WHERE tax_year = 2026 ORDER BY `no`',
  );
}

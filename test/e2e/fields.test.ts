import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { read, section } from '../docs/documents.ts';
import { type FreshDatabase, serverKind } from '../helpers/database.ts';
import { allowFields, columnsByKey } from '../helpers/fields.ts';
import {
  COLUMNS,
  expectAsIfLoadedAgain,
  loaded,
  type LoadedFeed,
  NAMES,
  passes,
} from '../helpers/loaded-feed.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

function additionsIn(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'state/resources.json'), 'utf8'));
}

function take({ feed }: Sandbox, count: number) {
  return [...feed.records('Property')].slice(0, count);
}

async function lastRun(db: FreshDatabase): Promise<Record<string, string> | undefined> {
  const runs = await db.query<Record<string, string>>('SELECT * FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  return runs[0];
}

test('promise 7: fields add fills new columns from the stored payloads as a load would, without a call', async () => {
  const sandbox = await sandboxFor({ listings: 1200 });
  const at = '2026-03-01T08:09:10.1234567+02:00';
  for (const record of take(sandbox, 200))
    sandbox.feed.put('Property', { ...record, DocumentsChangeTimestamp: at });
  const set = await loaded(sandbox);
  const { db, folder } = set;
  const before = await columnsByKey(db, 'properties', ['updated_at', 'run_id', 'list_price']);
  const asked = sandbox.requests.length;

  const { stdout } = await passes(folder, 'fields', 'add', 'Property', ...NAMES, '--index');
  expect(sandbox.requests.length).toBe(asked);
  expect(stdout).toContain('Property.Appliances → properties.appliances text');
  expect(stdout).toContain('filled 1,200 rows of properties, without a request');
  expect(await columnsByKey(db, 'properties', ['updated_at', 'run_id', 'list_price'])).toEqual(before);
  const [counts] = await db.query<Record<string, string>>(
    `SELECT ${COLUMNS.map((column) => `COUNT(${column}) AS ${column}`).join(', ')} FROM properties`,
  );
  for (const column of COLUMNS) expect(Number(counts![column])).toBeGreaterThan(100);
  const indexes = await db.query<Record<string, string>>('SHOW INDEX FROM properties');
  expect(indexes.map((index) => index['Key_name'])).toEqual(expect.arrayContaining(COLUMNS));
  expect(await lastRun(db)).toMatchObject({ mode: 'fields', status: 'success', api_calls_made: '0' });
  expect(additionsIn(folder)).toMatchObject({
    version: 1,
    resources: { Property: { Appliances: { type: 'text', index: true }, CarportYN: { type: 'boolean' } } },
  });
  await expectAsIfLoadedAgain(set, COLUMNS);

  await passes(folder, 'full-load');
  expect(await lastRun(db)).toMatchObject({ records_processed: '1200', records_unchanged: '1200' });
  const [first] = [...sandbox.feed.records('Property')];
  const now = new Date().toISOString();
  sandbox.feed.put('Property', { ...first, Appliances: 'Oven,Sauna', ModificationTimestamp: now });
  await passes(folder, 'sync');
  const [row] = await db.query(`SELECT appliances FROM properties WHERE listing_key = ?`, [
    first!['ListingKey'],
  ]);
  expect(row).toEqual({ appliances: 'Oven,Sauna' });

  expect((await passes(folder, 'fields', 'add', 'Property', ...NAMES)).stdout).toContain('nothing is left');
});

test('a value that does not fit its new column is cut, counted and listed, and the others are filled', async () => {
  const sandbox = await sandboxFor({ listings: 300 });
  for (const record of take(sandbox, 20)) {
    sandbox.feed.put('Property', { ...record, Appliances: 'Microwave,'.repeat(7) });
  }
  const { db, folder } = await loaded(sandbox);
  const { stdout } = await passes(folder, 'fields', 'add', 'Property', 'Appliances', '--as', 'VARCHAR(64)');
  expect(stdout).toContain('Appliances: 20 values do not fit varchar(64)');
  const noted = readFileSync(join(folder, 'logs/data_quality.log'), 'utf8').match(/does not fit/g);
  expect(noted).toHaveLength(20);
  const stored = await columnsByKey(db, 'properties', ['appliances']);
  const wanted = [...sandbox.feed.records('Property')].map(({ ListingKey, Appliances }) => {
    const text = typeof Appliances === 'string' ? Appliances.slice(0, 64) : null;
    return [ListingKey, { appliances: text }] as const;
  });
  expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(wanted));
  const issues = () =>
    db.query("SELECT COUNT(*) AS n FROM etl_field_issue WHERE field = 'Appliances' AND action = 'cut'");
  expect(await issues()).toEqual([{ n: '20' }]);

  expect((await passes(folder, 'fields', 'drop', 'Property', 'Appliances')).stdout).toContain(
    'dropped Appliances',
  );
  expect(await db.query("SHOW COLUMNS FROM properties LIKE 'appliances'")).toEqual([]);
  expect(additionsIn(folder)).toEqual({ version: 1, resources: {} });
  expect(await db.query('SELECT * FROM etl_field')).toEqual([]);
  expect(await issues()).toEqual([{ n: '0' }]);
  await passes(folder, 'sync');
  const again = await passes(folder, 'fields', 'add', 'Property', 'Appliances');
  expect(again.stdout).not.toContain('do not fit');
});

test('promise 7: a column that was dropped and comes again has its values, filled or by a full-load', async () => {
  const set = await loaded(await sandboxFor({ listings: 300 }));
  const { db, folder } = set;
  const add = (...flags: string[]) => passes(folder, 'fields', 'add', 'Property', 'Appliances', ...flags);
  const count = async () => (await db.query('SELECT COUNT(appliances) AS n FROM properties'))[0];
  await add();
  const wanted = await count();
  await passes(folder, 'fields', 'drop', 'Property', 'Appliances');
  await add();
  expect(await count()).toEqual(wanted);
  await expectAsIfLoadedAgain(set, ['appliances']);

  // Rows without a payload keep their hash, which says that they have the value.
  await passes(folder, 'fields', 'drop', 'Property', 'Appliances');
  await db.query('DELETE FROM properties_raw');
  await add();
  await passes(folder, 'full-load');
  await expectAsIfLoadedAgain(set, ['appliances']);

  await passes(folder, 'fields', 'drop', 'Property', 'Appliances');
  await add('--no-fill');
  expect(await count()).toEqual({ n: '0' });
  await passes(folder, 'full-load');
  await expectAsIfLoadedAgain(set, ['appliances']);

  // Dropped by hand: the run that remakes it is a full-load.
  await db.query('ALTER TABLE properties DROP COLUMN appliances');
  await passes(folder, 'full-load');
  await expectAsIfLoadedAgain(set, ['appliances']);
});

test('a fresh database gets the columns of the file; one that has rows says what fills them', async () => {
  const sandbox = await sandboxFor({ listings: 200 });
  const set = await loaded(sandbox);
  const { db, folder } = set;
  writeFileSync(
    join(folder, 'state/resources.json'),
    JSON.stringify({ version: 1, resources: { Property: { Appliances: { type: 'TEXT' } } } }),
  );
  const { stderr } = await trestle(folder, ['sync'], { LOG_FORMAT: 'json' });
  expect(stderr).toContain('new columns are not filled yet');
  expect(await db.query('SELECT field, filled_at FROM etl_field')).toEqual([
    { field: 'Appliances', filled_at: null },
  ]);
  expect((await passes(folder, 'status')).stdout).toContain('filling: Property Appliances, at the beginning');
  const { stdout } = await passes(folder, 'fields', 'add', 'Property', 'Appliances');
  expect((await passes(folder, 'status')).stdout).not.toContain('being filled');
  expect(stdout).toMatch(/filled (199|200) rows/);
  await expectAsIfLoadedAgain(set, ['appliances']);
});

test.each([
  ['{', 'is not JSON'],
  ['{"version":2,"resources":{}}', 'version must be 1'],
  ['{"version":1,"resources":{"House":{}}}', 'resources.House: unknown resource'],
  [
    '{"version":1,"resources":{"Property":{"City":{"type":"text"}}}}',
    'resources.Property.City: is already a column of trestle-etl',
  ],
  [
    '{"version":1,"resources":{"Property":{"Pets":{"type":"blob"}}}}',
    'resources.Property.Pets.type is "blob"',
  ],
  [
    '{"version":1,"resources":{"Property":{"Pets":{"type":"int","indx":true}}}}',
    'resources.Property.Pets.indx is unknown',
  ],
  ['{"version":1,"resources":{"Property":{"RunId":{"type":"int"}}}}', 'its column would be run_id'],
  [
    '{"version":1,"resources":{"Property":{"a`b":{"type":"int"}}}}',
    'resources.Property.a`b: is not a valid field name',
  ],
  [
    '{"version":1,"resources":{"Property":{"Pets":{"type":"int","table":"media"}}}}',
    'must be properties_2 to properties_9',
  ],
])(
  'promise 21: a file of additions %s is refused with its place, before anything is contacted',
  async (text, says) => {
    const sandbox = { url: 'http://127.0.0.1:9', clientId: 'a', clientSecret: 'b' };
    const folder = configured(
      sandbox,
      { env: { MYSQL_DATABASE: 'none', MYSQL_USER: 'none' } },
      { FIELDS_FILE: 'mine.json' },
    );
    writeFileSync(join(folder, 'mine.json'), text);
    const ended = await trestle(folder, ['sync']);
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toContain(says);
    expect(ended.stderr).toContain('mine.json');
  },
);

test('columns that the file does not name, or names with another type, stop a run before it writes', async () => {
  const { db, folder } = await loaded(await sandboxFor({ listings: 20 }));
  await passes(folder, 'fields', 'add', 'Property', 'Appliances');
  const file = join(folder, 'state/resources.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"text"', '"varchar(500)"'));
  const other = await trestle(folder, ['sync']);
  expect(other).toMatchObject({ code: 78 });
  expect(other.stderr).toContain('properties.appliances is text, but FIELDS_FILE has varchar(500)');
  expect(await lastRun(db)).toMatchObject({ mode: 'sync', status: 'failed', pages: '0' });
  rmSync(file);
  const none = await trestle(folder, ['sync']);
  expect(none).toMatchObject({ code: 78 });
  expect(none.stderr).toContain('properties has columns that FIELDS_FILE does not name: Appliances');
  const hint = /trestle-etl (fields add Property Appliances)/.exec(none.stderr)?.[1];
  await passes(folder, ...hint!.split(' '));
  expect(additionsIn(folder)).toMatchObject({ resources: { Property: { Appliances: { type: 'text' } } } });
  await passes(folder, 'sync');
  await passes(folder, 'fields', 'drop', 'Property', 'Appliances');
  await passes(folder, 'sync');
});

test('fields add takes over what a lost file named, with types, tables and indexes, and adds what is new', async () => {
  const set = await loaded(await sandboxFor({ listings: 50 }));
  const { db, folder } = set;
  await passes(folder, 'fields', 'add', 'Property', ...NAMES.slice(0, -1), '--index');
  const file = join(folder, 'state/resources.json');
  const before = readFileSync(file, 'utf8');
  rmSync(file);
  await passes(folder, 'fields', 'add', 'Property', ...NAMES);
  const { RoomsTotal, ...rest } = (additionsIn(folder) as { resources: { Property: object } }).resources
    .Property as Record<string, object>;
  expect(RoomsTotal).toEqual({ type: 'int' });
  expect({ version: 1, resources: { Property: rest } }).toEqual(JSON.parse(before));
  await passes(folder, 'sync');
  expect(await db.query('SELECT field FROM etl_field WHERE filled_at IS NULL')).toEqual([]);
  await expectAsIfLoadedAgain(set, COLUMNS);
});

test('an index can be made later, by --index or from the file, and another type is refused', async () => {
  const { db, folder } = await loaded(await sandboxFor({ listings: 20 }));
  const indexed = async () => {
    const rows = await db.query<Record<string, string>>('SHOW INDEX FROM properties');
    return rows.map((row) => row['Key_name']).filter((name) => COLUMNS.includes(name!));
  };
  await passes(folder, 'fields', 'add', 'Property', 'Appliances', 'RoomsTotal');
  expect(await indexed()).toEqual([]);
  await passes(folder, 'fields', 'add', 'Property', 'Appliances', '--index');
  expect(await indexed()).toEqual(['appliances']);
  expect(additionsIn(folder)).toMatchObject({
    resources: { Property: { Appliances: { type: 'text', index: true }, RoomsTotal: { type: 'int' } } },
  });
  const file = join(folder, 'state/resources.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"int"', '"int","index":true'));
  await passes(folder, 'fields', 'add', 'Property', 'RoomsTotal', '--as', 'INT');
  expect(new Set(await indexed())).toEqual(new Set(['appliances', 'rooms_total']));
  const refused = await trestle(folder, ['fields', 'add', 'Property', 'RoomsTotal', '--as', 'bigint']);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('Property.RoomsTotal is already a column of type int');
  expect(refused.stderr).toContain('fields drop Property RoomsTotal');
  const slip = await trestle(folder, ['fields', 'add', 'Property', 'RoomsTotal', '--as', 'itn']);
  expect(slip).toMatchObject({ code: 2 });
  expect(slip.stderr).toContain('--as is "itn"');
});

test('a field that the feed does not know is told of by every run, and by doctor', async () => {
  const db = await migratedDatabase();
  await allowFields(db);
  const folder = configured(await sandboxFor({ listings: 20 }), db, { RESOURCES: 'Property' });
  await passes(folder, 'full-load');
  await passes(folder, 'fields', 'add', 'Property', 'Applianses', '--as', 'text');
  await passes(folder, 'sync');
  const lines = readFileSync(join(folder, 'logs/etl_main.log'), 'utf8');
  expect(lines).toMatch(
    /"unknown":\["Applianses"\],"nearest":\{"Applianses":"Appliances"\}.*the feed does not have the fields of these columns/,
  );
  const { stdout } = await trestle(folder, ['doctor']);
  expect(stdout).toMatch(/^ok +own columns +Property\.Applianses$/m);
  expect(stdout).toContain('no Applianses (did you mean Appliances?): the columns may stay NULL');
  writeFileSync(join(folder, 'state/resources.json'), '{');
  expect((await trestle(folder, ['doctor'])).stdout).toMatch(/^FAIL +own columns .*is not JSON/im);
});

test('a misspelt field in FIELDS_FILE is named by the run that adds its column, and by doctor', async () => {
  const db = await migratedDatabase();
  await allowFields(db);
  const folder = configured(await sandboxFor({ listings: 20 }), db, {
    RESOURCES: 'Property',
    FIELDS_FILE: 'mine.json',
  });
  const resources = { Property: { Applianses: { type: 'text' } } };
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ version: 1, resources }));
  await passes(folder, 'full-load');
  expect(await db.query('SELECT COUNT(*) AS filled FROM properties WHERE applianses IS NOT NULL')).toEqual([
    { filled: '0' },
  ]);
  const lines = readFileSync(join(folder, 'logs/etl_main.log'), 'utf8').split('\n');
  expect(lines.filter((line) => line.includes('"level":"warn"') && line.includes('Applianses'))).toEqual([
    expect.stringContaining('"Appliances"'),
  ]);
  const { stdout } = await trestle(folder, ['doctor']);
  expect(stdout).toMatch(/^warn +API Property +.* Applianses \(did you mean Appliances\?\)/m);
});

test('a column that one of the user’s own depends on stays until that is gone', async () => {
  const { db, folder } = await loaded(await sandboxFor({ listings: 20 }));
  await passes(folder, 'fields', 'add', 'Property', 'Appliances');
  await db.query('ALTER TABLE properties ADD COLUMN mine INT AS (CHAR_LENGTH(appliances)) VIRTUAL');
  const refused = await trestle(folder, ['fields', 'drop', 'Property', 'Appliances']);
  expect(refused).toMatchObject({ code: 78 });
  expect(refused.stderr).toContain('cannot drop properties.appliances');
  expect(refused.stderr).toContain('a generated column or a check of yours depends on it');
  // It is kept up to date as before.
  expect(additionsIn(folder)).toMatchObject({ resources: { Property: { Appliances: {} } } });
  await db.query("UPDATE properties SET appliances = 'old', content_hash = REPEAT('0', 32)");
  await passes(folder, 'full-load');
  expect(await db.query("SELECT listing_key FROM properties WHERE appliances = 'old'")).toEqual([]);
  await db.query('ALTER TABLE properties DROP COLUMN mine');
  await passes(folder, 'fields', 'drop', 'Property', 'Appliances');
  await passes(folder, 'sync');
});

test.each([
  [['add', 'House', 'Pets'], 2, 'there is no resource House'],
  [['add', 'Property'], 2, '--all'],
  [['add', 'Property', 'Nothing'], 2, 'the feed has no field Property.Nothing'],
  [['add', 'Property', 'City'], 2, 'Property.City is already a column of trestle-etl'],
  [['add', 'Property', 'Appliances', '--as', 'blob'], 2, '--as is "blob"'],
  [['add', 'Property', 'RunId', '--as', 'int'], 2, 'its column would be run_id'],
  [['drop', 'Property', 'City'], 2, 'not added by fields add: City'],
])('fields %j is refused, and changes nothing', async (args, code, says) => {
  shared ??= loaded(await sandboxFor({ listings: 20 }));
  const { folder, db } = await shared;
  const ended = await trestle(folder, ['fields', ...args]);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toContain(says);
  expect(await db.query('SELECT * FROM etl_field')).toEqual([]);
});

let shared: Promise<LoadedFeed> | undefined;

test('without stored payloads a column is added only where nothing is to be filled', async () => {
  const { db, folder } = await loaded(await sandboxFor({ listings: 50 }), { PAYLOAD: 'off' });
  const refused = await trestle(folder, ['fields', 'add', 'Property', 'Appliances']);
  expect(refused).toMatchObject({ code: 78 });
  expect(refused.stderr).toContain('--no-fill');
  await passes(folder, 'fields', 'add', 'Property', 'Appliances', '--no-fill');
  await passes(folder, 'full-load');
  expect(await lastRun(db)).toMatchObject({ records_updated: '50' });
  const [row] = await db.query<{ n: string }>('SELECT COUNT(appliances) AS n FROM properties');
  expect(Number(row!.n)).toBeGreaterThan(10);
});

test('the recipes for multi-value lookups in docs/fields.md do what they say', async () => {
  const { db, folder } = await loaded(await sandboxFor({ listings: 300 }));
  await passes(folder, 'fields', 'add', 'Property', 'Appliances');
  const text = section(read('docs/fields.md'), '### Multi-value lookups');
  const [find, json, table] = [...text.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
  const runAll = async (sql: string) => {
    let rows: Record<string, string>[] = [];
    for (const statement of sql.split(/;$/m).filter((each) => each.trim() !== ''))
      rows = await db.query(statement);
    return rows;
  };
  const [wanted] = await db.query<{ n: string }>(
    "SELECT COUNT(*) AS n FROM properties WHERE FIND_IN_SET('Microwave', appliances)",
  );
  expect(Number(wanted!.n)).toBeGreaterThan(10);
  expect(await runAll(find!.replace(/city = '\w+' AND /, ''))).toHaveLength(Number(wanted!.n));
  const counts = await runAll(table!);
  expect(counts.find((row) => row['value'] === 'Microwave')!['COUNT(*)']).toBe(wanted!.n);
  if (serverKind() === 'mysqld') expect(await runAll(json!)).toHaveLength(Number(wanted!.n));
  await passes(folder, 'full-load', '--restart');
});

test.each([
  ['ALTER', ['Appliances']],
  ['DROP', Array.from({ length: 230 }, (_, nth) => `X_Wide${nth}`)],
] as const)('without the right %s nothing is altered', async (right, names) => {
  const sandbox = await sandboxFor({ listings: 30 });
  const { db, folder } = await loaded(sandbox);
  const name = `\`${db.name.replaceAll('_', '\\_')}\`.*`;
  await db.query(`REVOKE ${right} ON ${name} FROM '${db.user}'@'%'`);
  const columns = (): Promise<Record<string, unknown>[]> =>
    db.query(
      'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1, 2',
    );
  const before = await columns();
  const ended = await trestle(folder, ['fields', 'add', 'Property', ...names, '--as', 'text']);
  expect(ended).toMatchObject({ code: 78 });
  expect(ended.stderr).toContain(`lacks rights that new columns need: ${right} — docs/database.md`);
  expect(await columns()).toEqual(before);
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
});

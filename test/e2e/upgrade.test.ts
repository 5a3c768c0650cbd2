import { expect, test } from 'vitest';
import { readKeyCollation } from '../../src/db/key-collation.ts';
import { openDatabase } from '../../src/db/pool.ts';
import { readSteps } from '../../src/db/migration-steps.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

/** The schema files that the first released version has. */
const RELEASED = 11;

/** A database as the released version made it. */
async function releasedDatabase(): Promise<FreshDatabase> {
  const db = await freshDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const connection = await database.connect();
  const collation = await readKeyCollation(connection);
  await connection.run(
    'CREATE TABLE etl_schema_version (version INT NOT NULL, name VARCHAR(255) NOT NULL, ' +
      'started_at DATETIME(3) NOT NULL, applied_at DATETIME(3) NULL, PRIMARY KEY (version)) ENGINE = InnoDB',
  );
  for (const { version, name, statements } of readSteps().slice(0, RELEASED)) {
    for (const statement of statements)
      await connection.run(statement.replaceAll('{{key_collation}}', collation));
    await connection.run("INSERT INTO etl_schema_version VALUES (?, ?, '2026-01-01', '2026-01-01')", [
      String(version),
      name,
    ]);
  }
  connection.release();
  await database.close();
  return db;
}

/** Copies every row into the older database, without the columns that it does not have. */
async function copyRows(from: FreshDatabase, to: FreshDatabase): Promise<void> {
  const tables = await columnsByTable(to);
  const newer = await columnsByTable(from);
  for (const [table, columns] of tables) {
    if (table === 'etl_schema_version') continue;
    const shared = columns
      .filter((column) => newer.get(table)?.includes(column))
      .map((name) => `\`${name}\``)
      .join(', ');
    await to.query(`INSERT INTO ${table} (${shared}) SELECT ${shared} FROM ${from.name}.${table}`);
  }
}

async function columnsByTable(db: FreshDatabase): Promise<Map<string, string[]>> {
  const rows = await db.query(
    'SELECT c.table_name AS t, c.column_name AS c FROM information_schema.columns c ' +
      'JOIN information_schema.tables s USING (table_schema, table_name) ' +
      `WHERE c.table_schema = '${db.name}' AND s.table_type = 'BASE TABLE' AND COALESCE(c.generation_expression, '') = ''`,
  );
  const found = new Map<string, string[]>();
  for (const { t, c } of rows) found.set(String(t), [...(found.get(String(t)) ?? []), String(c)]);
  return found;
}

test('a database of the first released schema keeps every row, watermark, quarantine entry and run; the next sync writes nothing', async () => {
  const all = await pipeline({ listings: 60 });
  await all.run();
  all.sandbox.feed.changeListings(10);
  const [first] = all.sandbox.feed.records('Property');
  const spoiled = readText(first!, 'ListingKey');
  const stamp = new Date().toISOString();
  all.sandbox.feed.put('Property', { ...first, ListPrice: 1e20, ModificationTimestamp: stamp });
  await all.run();
  const old = await releasedDatabase();
  await copyRows(all.db, old);
  const database = openDatabase({ ...old, socket: undefined, database: old.name, tls: undefined });
  const kept = async () => ({
    rows: await old.query('SELECT listing_key, content_hash, updated_at, run_id FROM properties ORDER BY 1'),
    media: await old.query('SELECT media_key, content_hash, updated_at, run_id FROM media ORDER BY 1'),
    payloads: await old.query('SELECT listing_key, SHA2(payload, 256) AS sum FROM properties_raw ORDER BY 1'),
    watermarks: await old.query(
      'SELECT resource, cursor_timestamp, cursor_key FROM etl_watermark ORDER BY 1',
    ),
    quarantine: await old.query('SELECT resource, record_key, raw FROM etl_quarantine ORDER BY 1, 2'),
    runs: await old.query('SELECT id, mode, status, records_processed FROM etl_sync_log ORDER BY id LIMIT 2'),
  });
  const before = await kept();
  expect(before.quarantine).toMatchObject([{ record_key: spoiled }]);
  expect(before.runs).toHaveLength(2);
  const outcome = await all.run({}, { tools: { database } });
  expect(outcome.totals).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  expect(await kept()).toEqual(before);
  for (const table of ['etl_sync_log', 'etl_watermark', 'etl_quarantine', 'etl_api_usage'])
    expect(await old.query(`SELECT DISTINCT source FROM ${table}`)).toEqual([{ source: 'trestle' }]);
  const except = new Set([spoiled]);
  expect(await expectParity(all.sandbox, old, property, except)).toBe(59);
  expect(await expectParity(all.sandbox, old, media)).toBe(all.sandbox.feed.size('Media'));
  await database.close();
});

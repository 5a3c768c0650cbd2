import { beforeAll, describe, expect, test } from 'vitest';
import { type SchemaAlteration, createAlteredError, readAlterations } from '../../src/db/alterations.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/pool.ts';
import type { Connection } from '../../src/db/pool.ts';
import { withAdditions } from '../../src/dataset/additions.ts';
import { expectedTables } from '../../src/load/expected-tables.ts';
import { createColumns } from '../../src/run/columns/ensure.ts';
import { addedFields } from '../../src/load/column-problems.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type FreshDatabase, freshDatabase, serverKind } from '../helpers/database.ts';
import { allowFields } from '../helpers/fields.ts';

const OWN_ID = 'DROP PRIMARY KEY, ADD COLUMN own_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY';
const KEY = serverKind() === 'mariadbd' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';

const wide = withAdditions(property, {
  Appliances: { type: 'text' },
  GreenScore: { type: 'decimal(10,4)', table: 'properties_2' },
});

let db: FreshDatabase;
let connection: Connection;

beforeAll(async () => {
  db = await freshDatabase();
  await allowFields(db);
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  connection = await database.connect();
  await migrate(connection, 0);
  await createColumns(connection, wide, addedFields(wide));
  return async () => {
    connection.release();
    await database.close();
  };
});

async function read(): Promise<SchemaAlteration[]> {
  return readAlterations(connection, expectedTables([wide, media], resources));
}

async function follow(altered: readonly SchemaAlteration[]): Promise<void> {
  const statements = altered.flatMap(({ remedy }) => remedy.split('; '));
  for (const statement of statements) await db.query(statement);
}

test('tables that trestle-etl created, with added columns and a side table, are unaltered', async () => {
  expect(await read()).toEqual([]);
});

describe('alterations are found, and none remain after their statements were run', () => {
  test.each([
    ['properties', 'DROP PRIMARY KEY, ADD PRIMARY KEY (listing_key, modification_timestamp)'],
    ['properties', `${OWN_ID}, ADD KEY own (listing_key)`],
    ['properties', `${OWN_ID}, ADD UNIQUE KEY own (listing_key(100))`],
    ['properties_2', 'DROP PRIMARY KEY, ADD PRIMARY KEY (listing_key(100))'],
    ['media_raw', 'DROP PRIMARY KEY'],
    ['media', 'DROP PRIMARY KEY, ADD PRIMARY KEY (media_key, resource_record_key)'],
    ['etl_watermark', 'DROP PRIMARY KEY, ADD PRIMARY KEY (resource, version)'],
    ['etl_quarantine', 'DROP PRIMARY KEY, ADD PRIMARY KEY (resource, record_key, run_id)'],
    ['etl_quarantine', 'DROP PRIMARY KEY, ADD PRIMARY KEY (record_key)'],
    ['etl_schema_version', 'DROP PRIMARY KEY'],
  ])('the key of %s: %s', async (table, alter) => {
    await db.query(`ALTER TABLE ${table} ${alter}`);
    const altered = await read();
    expect(altered).toMatchObject([
      { description: expect.stringContaining(`${table} has no unique index on `), isLenient: false },
    ]);
    await follow(altered);
    expect(await read()).toEqual([]);
    if (!alter.startsWith(OWN_ID)) return;
    await db.query(`ALTER TABLE ${table} DROP COLUMN own_id, DROP KEY own, DROP KEY trestle_etl_key`);
    await db.query(`ALTER TABLE ${table} ADD PRIMARY KEY (listing_key)`);
  });

  test.each([
    ['properties.list_price', 'DECIMAL(14,0) NULL', 'decimal(14,0)', false],
    ['properties.close_price', 'DECIMAL(9,2) NULL', 'decimal(9,2)', false],
    ['properties.photos_count', 'TINYINT NULL', 'tinyint', false],
    ['properties.modification_timestamp', 'TIMESTAMP(3) NULL', 'timestamp(3)', false],
    [
      'properties.modification_timestamp',
      'DATETIME(3) NOT NULL ON UPDATE CURRENT_TIMESTAMP(3)',
      'datetime(3)',
      false,
    ],
    ['properties.standard_status', 'VARCHAR(20) NULL', 'varchar(20)', false],
    ['properties.standard_status', "VARCHAR(100) NOT NULL DEFAULT ''", 'varchar(100) NOT NULL', false],
    [
      'properties.standard_status',
      'VARCHAR(100) CHARACTER SET latin1 NULL',
      'varchar(100) COLLATE latin1',
      false,
    ],
    ['properties.content_hash', 'CHAR(16) NOT NULL', 'char(16)', false],
    ['properties.listing_key', `VARCHAR(100) COLLATE ${KEY} NOT NULL`, 'varchar(100)', false],
    ['media.order', 'TINYINT NULL', 'tinyint', true],
    ['media.modification_timestamp', 'DATETIME NOT NULL', 'datetime', false],
    ['properties_raw.payload', 'MEDIUMTEXT NOT NULL', 'mediumtext', false],
    ['etl_watermark.version', 'INT NOT NULL', 'int', false],
    ['etl_sync_log.id', 'BIGINT NOT NULL', 'without AUTO_INCREMENT', false],
    ['properties.city', 'VARCHAR(10) NULL', 'varchar(10)', true],
    ['properties.latitude', 'FLOAT NULL', 'float', true],
    ['properties.city', 'VARCHAR(64) AS (LEFT(listing_id, 64)) STORED', 'generated', true],
    ['properties.appliances', 'TINYTEXT NULL', 'tinytext', true],
    ['properties_2.green_score', 'DECIMAL(10,1) NULL', 'decimal(10,1)', true],
    ['offices.office_name', 'VARCHAR(30) NULL', 'varchar(30)', true],
  ])('%s as %s', async (name, type, here, isLenient) => {
    const [table, column] = name.split('.');
    await db.query(`ALTER TABLE ${table} MODIFY \`${column}\` ${type}`);
    const altered = await read();
    expect(altered).toMatchObject([
      { description: expect.stringContaining(`${name} is ${here}`), isLenient },
    ]);
    await follow(altered);
    expect(await read()).toEqual([]);
  });

  test.each(['city', 'postal_code', 'updated_at', 'content_hash', 'media_due', 'modification_timestamp'])(
    'properties.%s was dropped',
    async (column) => {
      if (column.startsWith('m')) await db.query('ALTER TABLE properties DROP COLUMN custom_due');
      await db.query(`ALTER TABLE properties DROP COLUMN ${column}`);
      const altered = await read();
      expect(altered.map(({ description }) => description)).toContain(`properties.${column} is missing`);
      await follow(altered);
      expect(await read()).toEqual([]);
    },
  );

  test.each(['media', 'properties_raw', 'etl_watermark', 'etl_census', 'listing_change'])(
    'the table %s was renamed',
    async (table) => {
      await db.query(`RENAME TABLE ${table} TO mine`);
      const altered = await read();
      expect(altered).toMatchObject([{ description: `${table} is missing`, isLenient: false }]);
      expect(createAlteredError(altered).hint).toContain(`RENAME TABLE … TO ${table}`);
      await db.query(`RENAME TABLE mine TO ${table}`);
      expect(await read()).toEqual([]);
    },
  );

  // A key of 255 characters is too long for MyISAM.
  test.each(['etl_watermark', 'etl_sync_log', 'etl_schema_look', 'etl_schema_version'])(
    'the engine of %s',
    async (table) => {
      await db.query(`ALTER TABLE ${table} ENGINE = MyISAM`);
      const altered = await read();
      expect(altered).toMatchObject([{ description: `${table} is MyISAM, not InnoDB`, isLenient: false }]);
      await follow(altered);
      expect(await read()).toEqual([]);
    },
  );
});

test('a missing key column is restored by its name', async () => {
  await db.query('ALTER TABLE media_raw RENAME COLUMN media_key TO k');
  const [altered] = await read();
  expect(altered).toMatchObject({ description: 'media_raw.media_key is missing' });
  expect(altered!.remedy).toContain('RENAME COLUMN … TO media_key');
  await db.query('ALTER TABLE media_raw RENAME COLUMN k TO media_key');
});

test.runIf(serverKind() === 'mariadbd')('tables that the user made system-versioned are fine', async () => {
  await db.query('ALTER TABLE properties_raw ADD SYSTEM VERSIONING');
  expect(await read()).toEqual([]);
});

test('missing added columns and side tables are created by the run and are not reported', async () => {
  await db.query('DROP TABLE properties_2');
  await db.query('ALTER TABLE properties DROP COLUMN appliances');
  expect(await read()).toEqual([]);
});

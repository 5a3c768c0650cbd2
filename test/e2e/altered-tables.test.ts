import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { readAlterations } from '../../src/db/alterations.ts';
import { expectedTables } from '../../src/load/expected-tables.ts';
import { resources } from '../../src/sources/trestle/datasets/index.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { read } from '../docs/documents.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { serverKind } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const isMaria = serverKind() === 'mariadbd';
const PADDED = 'utf8mb4_bin';

async function failure({ run }: Pipeline): Promise<unknown> {
  return run().catch((reason: unknown) => reason);
}

/** Runs what the hint says, up to its first word that is no SQL. */
async function follow({ db }: Pipeline, error: unknown): Promise<void> {
  const { hint = '' } = error as ConfigError;
  for (const statement of hint
    .split(' then: ')[0]!
    .split(';')
    .filter((text) => text.trim() !== ''))
    await db.query(statement);
}

/** Makes the function that tells what doctor finds of the tables. */
function lookedAt({ sandbox, db }: Pipeline): () => Promise<Record<string, string>> {
  const folder = configured(sandbox, db);
  return async () => {
    const { stdout } = await trestle(folder, ['doctor', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: Record<string, string>[] };
    return checks.find(({ name }) => name === 'tables')!;
  };
}

test.each([
  [
    'the keys of listings',
    'ALTER TABLE properties CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    'properties.listing_key',
  ],
  [
    'the keys of payloads',
    `ALTER TABLE properties_raw MODIFY listing_key VARCHAR(255) COLLATE ${PADDED} NOT NULL`,
    'properties_raw.listing_key',
  ],
  [
    'the parents of media',
    'ALTER TABLE media MODIFY resource_record_key VARCHAR(255) COLLATE utf8mb4_general_ci NOT NULL',
    'media.resource_record_key',
  ],
  [
    'the keys in quarantine',
    'ALTER TABLE etl_quarantine CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    'etl_quarantine.record_key',
  ],
])(
  'promise 7: %s with another collation end the run before anything is written, with the ALTER that helps',
  async (_, alter, column) => {
    const all = await pipeline({ listings: 10 });
    await all.run();
    await all.db.query(alter);
    const error = await failure(all);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 78, message: expect.stringContaining(column) });
    const [last] = await all.db.query('SELECT status FROM etl_sync_log ORDER BY id DESC LIMIT 1');
    expect(last).toEqual({ status: 'failed' });
    await follow(all, error);
    const [first] = [...all.sandbox.feed.records('Property')];
    // In the case of the first one only.
    for (const key of ['k1a', 'K1A', 'k1a '])
      all.sandbox.feed.put('Property', {
        ...first!,
        ListingKey: key,
        ModificationTimestamp: new Date().toISOString(),
      });
    expect((await all.run({ resources: [property] })).totals).toMatchObject({ inserted: 3, rejected: 0 });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(13);
  },
);

test('promise 7: payloads of MySQL’s type JSON, which changes them, end the run with the ALTER; MariaDB’s keeps them', async () => {
  const all = await pipeline({ listings: 10 });
  await all.run();
  await all.db.query('ALTER TABLE properties_raw MODIFY payload JSON NOT NULL');
  all.sandbox.feed.changeListings(3);
  if (isMaria) {
    expect((await all.run()).status).toBe('success');
  } else {
    const error = await failure(all);
    expect(error).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('properties_raw.payload is json'),
    });
    await follow(all, error);
    expect((await all.run()).status).toBe('success');
  }
  const [column] = await all.db.query(
    "SELECT data_type AS t FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'properties_raw' AND column_name = 'payload'",
  );
  expect(String(column!['t'])).toBe('longtext');
});

test('doctor names altered columns, and unique indexes that trestle-etl did not make', async () => {
  const all = await pipeline({ listings: 5 });
  await all.run();
  const tables = lookedAt(all);
  expect(await tables()).toMatchObject({ result: 'ok' });
  await all.db.query('CREATE TABLE own_table (id INT, UNIQUE own_id (id))');
  await all.db.query('ALTER TABLE media ADD UNIQUE own_order (resource_record_key, `order`)');
  const warned = await tables();
  expect(warned).toMatchObject({ result: 'warn', advice: expect.stringContaining('quarantine') });
  expect(warned['what']).toMatch(/: media\.own_order$/);
  await all.db.query('ALTER TABLE properties CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
  const failed = await tables();
  expect(failed).toMatchObject({
    result: 'fail',
    what: expect.stringContaining('properties.listing_key is utf8mb4_unicode_ci'),
  });
  expect(failed['advice']).toMatch(
    /^ALTER TABLE properties MODIFY listing_key VARCHAR\(255\) COLLATE utf8mb4_\w+_bin NOT NULL;/,
  );
});

/** Ends with exit code 78 before anything is written, and doctor fails with the same words. */
async function expectRefused(all: Pipeline, what: string): Promise<ConfigError> {
  const before = await all.db.query('SELECT COUNT(*) AS n FROM properties');
  all.sandbox.feed.changeListings(3);
  const error = (await failure(all)) as ConfigError;
  expect(error).toBeInstanceOf(ConfigError);
  expect(error).toMatchObject({ exitCode: 78, message: expect.stringContaining(what) });
  expect(await all.db.query('SELECT COUNT(*) AS n FROM properties')).toEqual(before);
  expect(await lookedAt(all)()).toEqual({
    name: 'tables',
    result: 'fail',
    what: error.message,
    advice: error.hint,
  });
  return error;
}

async function loaded(listings = 10): Promise<Pipeline> {
  const all = await pipeline({ listings });
  await all.run();
  return all;
}

describe('promise 7: a record is one row, so each table has a unique index on its key alone', () => {
  const OWN_ID = 'DROP PRIMARY KEY, ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY';

  test('partitions by month, which need a wider key, are removed by the statements', async () => {
    const all = await loaded();
    await all.db.query(
      'ALTER TABLE properties DROP PRIMARY KEY, ADD PRIMARY KEY (listing_key, modification_timestamp)',
    );
    await all.db.query(
      "ALTER TABLE properties PARTITION BY RANGE COLUMNS (modification_timestamp) (PARTITION p1 VALUES LESS THAN ('2020-01-01'), PARTITION p2 VALUES LESS THAN (MAXVALUE))",
    );
    await follow(all, await expectRefused(all, 'properties has no unique index on listing_key alone'));
    expect((await all.run()).status).toBe('success');
    expect(await expectParity(all.sandbox, all.db, property)).toBe(10);
  });

  test('an own id as the primary key is fine with a unique index on the key', async () => {
    const all = await loaded();
    for (const [table, key] of [
      ['properties', 'listing_key'],
      ['properties_raw', 'listing_key'],
    ])
      await all.db.query(`ALTER TABLE ${table} ${OWN_ID}, ADD UNIQUE KEY own (${key})`);
    all.sandbox.feed.changeListings(5);
    expect((await all.run()).totals).toMatchObject({ updated: 5, rejected: 0 });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(10);
    expect(await lookedAt(all)()).toMatchObject({ result: 'warn' });
  });

  test('rows that are there twice are removed as docs/database.md says', async () => {
    const all = await loaded();
    await all.db.query(
      'ALTER TABLE properties DROP PRIMARY KEY, ADD PRIMARY KEY (listing_key, modification_timestamp)',
    );
    await all.db.query('CREATE TABLE old AS SELECT * FROM properties LIMIT 4');
    await all.db.query("UPDATE old SET modification_timestamp = '2001-01-01', updated_at = '2001-01-01'");
    const columns = (
      await all.db.query(
        "SELECT column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'properties' AND column_name NOT IN ('media_due', 'custom_due')",
      )
    ).map(({ c }) => `\`${String(c)}\``);
    await all.db.query(`INSERT INTO properties (${columns.join()}) SELECT ${columns.join()} FROM old`);
    const error = await failure(all);
    await expect(follow(all, error)).rejects.toMatchObject({ errno: 1062 });
    const [, statement = ''] = /```sql\n(DELETE older [^`]+);\n```/.exec(read('docs/database.md')) ?? [];
    await all.db.query(statement);
    await follow(all, error);
    expect((await all.run()).status).toBe('success');
    expect(await expectParity(all.sandbox, all.db, property)).toBe(10);
  });
});

describe('promise 7: tables are InnoDB tables', () => {
  test('another engine ends the run with the ALTER', async () => {
    const all = await loaded();
    const [table, engine] = ['etl_watermark', isMaria ? 'Aria' : 'MyISAM'];
    await all.db.query(`ALTER TABLE ${table} ENGINE = ${engine}`);
    const error = await expectRefused(all, `${table} is ${engine}, not InnoDB`);
    expect(error.hint).toContain(`ALTER TABLE ${table} ENGINE = InnoDB`);
    await follow(all, error);
    expect((await all.run()).status).toBe('success');
  });

  test('a view in the place of a table ends the run with what to do', async () => {
    const all = await loaded();
    await all.db.query('RENAME TABLE properties TO listings');
    await all.db.query('CREATE VIEW properties AS SELECT * FROM listings');
    const { hint } = await expectRefused(all, 'properties is a VIEW, not a table');
    expect(hint).toContain('RENAME TABLE … TO properties');
    await all.db.query('DROP VIEW properties');
    await all.db.query('RENAME TABLE listings TO properties');
    expect((await all.run()).status).toBe('success');
  });
});

describe('promise 7: columns hold what they were made for', () => {
  test.each([
    ['list_price', 'FLOAT NULL', 'float'],
    ['photos_change_timestamp', 'DATETIME NULL', 'datetime'],
  ])('properties.%s as %s ends the run with the ALTER', async (column, type, here) => {
    const all = await loaded();
    await all.db.query(`ALTER TABLE properties MODIFY ${column} ${type}`);
    const error = await expectRefused(all, `properties.${column} is ${here}`);
    await follow(all, error);
    const folder = configured(all.sandbox, all.db);
    expect(await trestle(folder, ['verify', '--stored', '--repair'])).toMatchObject({ code: 0 });
    expect((await all.run()).status).toBe('success');
    expect(await expectParity(all.sandbox, all.db, property)).toBe(10);
  });

  test('a column that tells what is due is made again if it is no longer generated', async () => {
    const all = await loaded();
    await all.db.query('ALTER TABLE properties DROP COLUMN media_due');
    await all.db.query('ALTER TABLE properties ADD COLUMN media_due TINYINT NULL');
    await follow(all, await expectRefused(all, 'properties.media_due is not generated'));
    all.sandbox.feed.changePhotos(2);
    expect((await all.run()).status).toBe('success');
    expect(await lookedAt(all)()).toMatchObject({ result: 'ok' });
    const [index] = await all.db.query("SHOW INDEX FROM properties WHERE Key_name = 'media_due'");
    expect(index).toBeDefined();
  });

  test('any other field: doctor and the log name it, and a repair that cannot work says so', async () => {
    const all = await loaded();
    await all.db.query('ALTER TABLE properties MODIFY latitude DECIMAL(8,3) NULL');
    all.sandbox.feed.changeListings(5);
    expect((await all.run()).totals).toMatchObject({ rejected: 0 });
    const warnings = all.lines.filter(({ message }) => message.startsWith('columns were altered'));
    expect(warnings).toEqual([
      expect.objectContaining({
        level: 'warn',
        data: expect.objectContaining({
          columns: expect.arrayContaining(['properties.latitude is decimal(8,3)']),
        }),
      }),
    ]);
    const checked = await lookedAt(all)();
    expect(checked).toMatchObject({
      result: 'warn',
      what: expect.stringContaining('properties.latitude is decimal(8,3)'),
      advice: expect.stringContaining('ALTER TABLE properties MODIFY latitude DECIMAL(12,8) NULL'),
    });
    const folder = configured(all.sandbox, all.db);
    const failed = await trestle(folder, ['verify', '--stored', '--repair']);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('properties.latitude') });
    await follow(all, { hint: checked['advice'] });
    expect(await trestle(folder, ['verify', '--stored', '--repair'])).toMatchObject({ code: 0 });
    expect(await trestle(folder, ['verify', '--stored'])).toMatchObject({ code: 0 });
    expect(await lookedAt(all)()).toMatchObject({ result: 'ok' });
  });

  test('wider columns are fine', async () => {
    const all = await loaded();
    await all.db.query(
      'ALTER TABLE properties MODIFY city VARCHAR(300) NULL, MODIFY mls_status TEXT NULL, MODIFY photos_count BIGINT NULL, ' +
        'MODIFY list_price DECIMAL(20,4) NULL, MODIFY days_on_market DECIMAL(12,0) NULL, MODIFY directions LONGTEXT NULL, ' +
        'MODIFY new_construction_yn INT NULL, MODIFY modification_timestamp DATETIME(6) NULL, ' +
        'MODIFY photos_change_timestamp DATETIME(6) NULL, ADD COLUMN own_column INT NULL',
    );
    expect(await lookedAt(all)()).toMatchObject({ result: 'ok' });
    all.sandbox.feed.changeListings(5);
    expect((await all.run()).totals).toMatchObject({ updated: 5 });
    expect((await all.run()).totals).toMatchObject({ updated: 0 });
    expect(all.lines.filter(({ message }) => message.startsWith('columns were altered'))).toEqual([]);
    const folder = configured(all.sandbox, all.db);
    expect(await trestle(folder, ['verify', '--stored'])).toMatchObject({ code: 0 });
  });
});

describe('columns and tables that another program removed are named', () => {
  test.each([
    [
      'a column with an index',
      'postal_code',
      'VARCHAR(64) COLLATE utf8mb4_unicode_ci NULL, ADD KEY postal_code (postal_code)',
    ],
    ['an essential column', 'list_price', 'DECIMAL(14,2) NULL'],
  ])('%s', async (_, column, definition) => {
    const all = await loaded();
    await all.db.query(`ALTER TABLE properties DROP COLUMN ${column}`);
    const error = await expectRefused(all, `properties.${column} is missing`);
    expect(error.hint).toContain(`ALTER TABLE properties ADD COLUMN ${column} ${definition};`);
    expect(error.hint).not.toContain('migrate');
    await follow(all, error);
    const folder = configured(all.sandbox, all.db);
    expect(await trestle(folder, ['verify', '--stored', '--repair'])).toMatchObject({ code: 0 });
    expect((await all.run()).status).toBe('success');
    expect(await expectParity(all.sandbox, all.db, property)).toBe(10);
  });

  test.each(['properties_raw', 'etl_sync_log', 'etl_schema_version'])('the table %s', async (table) => {
    const all = await loaded();
    await all.db.query(`RENAME TABLE ${table} TO mine`);
    const { hint } = await expectRefused(all, `${table} is missing`);
    expect(hint).toContain(`RENAME TABLE … TO ${table}`);
    await all.db.query(`RENAME TABLE mine TO ${table}`);
    expect((await all.run()).status).toBe('success');
  });

  test('but not a table of a dataset that is not loaded', async () => {
    const all = await loaded();
    await all.db.query('DROP TABLE teams');
    expect((await all.run()).status).toBe('success');
    expect(await lookedAt(all)()).toMatchObject({ result: 'ok' });
  });

  test('a table that the user may not see counts as unaltered', async () => {
    const all = await loaded();
    const { db, database } = all;
    await db.query(`REVOKE ALL PRIVILEGES ON \`${db.name.replaceAll('_', '\\_')}\`.* FROM '${db.user}'@'%'`);
    const names = await db.query<{ t: string }>(
      "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT IN ('etl_census', 'properties')",
    );
    for (const { t } of names) await db.query(`GRANT SELECT ON ${t} TO '${db.user}'@'%'`);
    await db.query(`GRANT SELECT (listing_key, city) ON properties TO '${db.user}'@'%'`);
    expect(await readAlterations(database, expectedTables([property, media], resources))).toEqual([]);
  });

  test('a trigger of the user’s own that uses a table that is gone is not taken for ours', async () => {
    const all = await loaded();
    await all.db.query('CREATE TABLE own_audit (k VARCHAR(255))');
    await all.db.query(
      'CREATE TRIGGER own_trigger AFTER UPDATE ON properties FOR EACH ROW INSERT INTO own_audit VALUES (NEW.listing_key)',
    );
    await all.db.query('DROP TABLE own_audit');
    all.sandbox.feed.changeListings(3);
    const error = (await failure(all)) as ConfigError;
    expect(error).toMatchObject({ exitCode: 78, message: expect.stringContaining('own_audit') });
    expect(error.hint).toContain('one of your triggers or views');
    expect(error.hint).not.toContain('migrate');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasTables, migrate, readSchemaState } from '../../src/db/migrate.ts';
import { type Connection, openDatabase } from '../../src/db/pool.ts';
import { ConfigError } from '../../src/errors.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';

const ALL = readdirSync('sql').sort();

async function migrated(work: (connection: Connection, db: FreshDatabase) => Promise<void>): Promise<void> {
  const db = await freshDatabase();
  await connected(db, (connection) => work(connection, db));
}

async function connected(
  db: FreshDatabase,
  work: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const connection = await database.connect();
  try {
    await work(connection);
  } finally {
    connection.release();
    await database.close();
  }
}

test('an empty database gets every table, and a second migration does nothing', () =>
  migrated(async (connection, db) => {
    expect(await readSchemaState(connection)).toBe('none');
    expect(await migrate(connection, 0)).toEqual(ALL);
    expect(await readSchemaState(connection)).toBe('current');
    expect(await migrate(connection, 0)).toEqual([]);
    const tables = await db.query<Record<string, string>>('SHOW TABLES');
    const made = ALL.flatMap((name) => [
      ...readFileSync(`sql/${name}`, 'utf8').matchAll(
        /^CREATE (?:TABLE IF NOT EXISTS|SQL SECURITY INVOKER VIEW) (\w+)/gm,
      ),
    ]).map(([, table]) => String(table));
    expect(tables.flatMap((row) => Object.values(row)).sort()).toEqual(
      ['etl_schema_version', ...made].sort(),
    );
    expect(made).toContain('properties');
  }));

test('a database with another default character set gets the same tables', () =>
  migrated(async (connection, db) => {
    await db.query(`ALTER DATABASE ${db.name} CHARACTER SET latin1`);
    await migrate(connection, 0);
    const columns = await db.query<{ name: string }>(
      "SELECT CONCAT(table_name, '.', column_name) AS name FROM information_schema.columns " +
        "WHERE table_schema = DATABASE() AND character_set_name NOT IN ('utf8mb4', 'ascii')",
    );
    expect(columns).toEqual([]);
  }));

test('an interrupted migration runs again and completes', () =>
  migrated(async (connection, db) => {
    await migrate(connection, 0);
    await db.query('UPDATE etl_schema_version SET applied_at = NULL');
    await db.query('DROP TABLE etl_quarantine');
    expect(await readSchemaState(connection)).toBe('none');
    expect(await migrate(connection, 0)).toEqual(ALL);
    expect(await db.query("SHOW TABLES LIKE 'etl_quarantine'")).toHaveLength(1);
  }));

test('a renamed column keeps its values, even if the migration runs again', () =>
  migrated(async (connection, db) => {
    await migrate(connection, 0);
    await db.query('ALTER TABLE etl_watermark RENAME COLUMN active_at TO usable_at');
    await db.query(
      "INSERT INTO etl_watermark (resource, version, run_id, updated_at, usable_at) VALUES ('Property', 1, 1, NOW(3), '2026-03-01 10:00:00.123')",
    );
    for (let time = 0; time < 2; time += 1) {
      await db.query('UPDATE etl_schema_version SET applied_at = NULL WHERE version = 15');
      expect(await migrate(connection, 0)).toEqual(['0015_active_at.sql']);
      const rows = await db.query('SELECT active_at AS at FROM etl_watermark');
      expect(rows).toEqual([{ at: '2026-03-01 10:00:00.123' }]);
    }
  }));

test('a migration that was interrupted between two views continues without the right to replace one', () =>
  migrated(async (connection, db) => {
    await migrate(connection, 0);
    await db.query('UPDATE etl_schema_version SET applied_at = NULL WHERE version = 6');
    await db.query('DROP VIEW v_active_listings');
    expect(await migrate(connection, 0)).toEqual(['0006_views.sql']);
    expect(await db.query('SELECT * FROM v_active_listings')).toEqual([]);
  }));

test('a view is replaced only with the right DROP, and a new database needs none', () =>
  migrated(async (connection, db) => {
    const pattern = db.name.replaceAll('_', String.raw`\_`);
    const allow = (verb: string): Promise<unknown> =>
      db.query(`${verb.replace('ON', `ON \`${pattern}\`.*`)} '${db.user}'@'%'`);
    await allow('GRANT DROP ON TO');
    await allow('REVOKE DROP ON FROM');
    const views = ['v_listings', 'v_active_listings'];
    const paths = (): Promise<unknown[]> =>
      db.query(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = 'first_photo_path'",
      );
    await migrate(connection, 0);
    expect(await paths()).toHaveLength(2);
    for (const view of views)
      await db.query(
        `CREATE OR REPLACE SQL SECURITY INVOKER VIEW ${view} AS SELECT 'Active' AS listing_status`,
      );
    await db.query('UPDATE etl_schema_version SET applied_at = NULL WHERE version = 18');
    expect(await migrate(connection, 0)).toEqual(['0018_media_files.sql']);
    expect(await paths()).toHaveLength(0);
    expect(await db.query('SELECT * FROM v_listings')).toEqual([{ listing_status: 'Active' }]);
    await allow('GRANT DROP ON TO');
    await db.query('UPDATE etl_schema_version SET applied_at = NULL WHERE version = 18');
    // Rights on a database are read when it is selected.
    await connected(db, (other) => migrate(other, 0));
    expect(await paths()).toHaveLength(2);
  }));

test('a view of another program with one of our names is not changed', () =>
  migrated(async (connection, db) => {
    await db.query("CREATE VIEW v_listings AS SELECT 'mine' AS mine");
    await expect(migrate(connection, 0)).rejects.toThrow(/did not make: v_listings/);
    expect(await db.query('SELECT * FROM v_listings')).toEqual([{ mine: 'mine' }]);
  }));

test('a database that is newer than the tool is refused', () =>
  migrated(async (connection, db) => {
    await migrate(connection, 0);
    await db.query("INSERT INTO etl_schema_version VALUES (9001, '9001_later.sql', NOW(3), NOW(3))");
    await expect(migrate(connection, 0)).rejects.toThrow(/version 9001/);
    await expect(readSchemaState(connection)).rejects.toThrow(ConfigError);
  }));

test('a table of another program with one of our names is not changed', () =>
  migrated(async (connection, db) => {
    await db.query('CREATE TABLE media (id INT PRIMARY KEY)');
    await expect(migrate(connection, 0)).rejects.toThrow(/did not make: media/);
    expect(await db.query('SHOW TABLES LIKE "properties"')).toEqual([]);
  }));

test('a new version does not take over such a table either', () =>
  migrated(async (connection, db) => {
    await migrate(connection, 0);
    await db.query('DROP TABLE members');
    await db.query('CREATE TABLE members (id INT PRIMARY KEY)');
    await db.query('DELETE FROM etl_schema_version WHERE version = 5');
    await expect(migrate(connection, 0)).rejects.toThrow(/did not make: .*members/);
    expect(await db.query('SHOW COLUMNS FROM members')).toHaveLength(1);
  }));

test('a database that lacks the last migration is behind, and the hint names the command', () =>
  migrated(async (connection, db) => {
    await migrate(connection, 0);
    await db.query('UPDATE etl_schema_version SET applied_at = NULL WHERE version = 2');
    expect(await readSchemaState(connection)).toBe('behind');
    await expect(hasTables(connection)).rejects.toMatchObject({ exitCode: 78, hint: 'trestle-etl migrate' });
    expect(await migrate(connection, 0)).toEqual(['0002_deletions.sql']);
    expect(await hasTables(connection)).toBe(true);
  }));

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, escape } from 'mysql2/promise';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/pool.ts';
import { type FreshDatabase, freshDatabase, type FreshDatabaseOptions } from './database.ts';

/**
 * A new database as the tool's migrations leave it, made by the statements that the server shows for one that was migrated:
 * that takes a tenth of the time. For all tests that are not about migrations or an empty database.
 */
export async function migratedDatabase(options: FreshDatabaseOptions = {}): Promise<FreshDatabase> {
  const statements = await template();
  const database = await freshDatabase(options);
  const { host, port, user, password, name } = database;
  const socketPath = process.env['TEST_MYSQL_SOCKET'];
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    database: name,
    charset: 'utf8mb4',
    multipleStatements: true,
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  try {
    await connection.query(statements);
  } finally {
    await connection.end();
  }
  return database;
}

/** Test files run in several processes: the first one that needs the statements writes them down for all others. */
async function template(): Promise<string> {
  const file = join(process.env['TRESTLE_TEST_FOLDER']!, 'template.sql');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const database = await freshDatabase({ label: 'template' });
  const tool = openDatabase({ ...database, socket: undefined, database: database.name, tls: undefined });
  const session = await tool.connect();
  await migrate(session, Date.now());
  await tool.close();
  const statements = await statementsOf(database);
  await database.drop();
  writeFileSync(`${file}.${process.pid}`, statements);
  renameSync(`${file}.${process.pid}`, file);
  return statements;
}

/** What makes another database like this one: its tables, their rows, its views. */
export async function statementsOf(database: FreshDatabase): Promise<string> {
  const tables = await database.query<{ name: string; type: string }>(
    'SELECT table_name AS name, table_type AS type FROM information_schema.tables ' +
      'WHERE table_schema = DATABASE() ORDER BY table_name',
  );
  const statements: string[] = [];
  for (const { name, type } of tables) {
    if (type === 'BASE TABLE')
      statements.push(await tableOf(database, name), ...(await rowsOf(database, name)));
  }
  const views = tables.filter(({ type }) => type === 'VIEW').map(({ name }) => name);
  return [...statements, ...(await viewsOf(database, views))].map((each) => `${each};\n`).join('');
}

async function tableOf({ query }: FreshDatabase, name: string): Promise<string> {
  const [shown] = await query<Record<string, string>>(`SHOW CREATE TABLE \`${name}\``);
  return shown!['Create Table']!;
}

async function rowsOf({ query }: FreshDatabase, name: string): Promise<string[]> {
  const rows = await query(`SELECT * FROM \`${name}\``);
  return rows.map((row) => {
    const columns = Object.keys(row).map((column) => `\`${column}\``);
    return `INSERT INTO \`${name}\` (${columns.join(', ')}) VALUES (${Object.values(row)
      .map((value) => escape(value as string | null))
      .join(', ')})`;
  });
}

/** The views, each after those that it reads; the server names the database and the user that they had. */
async function viewsOf(
  { query, name: database }: FreshDatabase,
  names: readonly string[],
): Promise<string[]> {
  const left = new Map<string, string>();
  for (const name of names) {
    const [shown] = await query<Record<string, string>>(`SHOW CREATE VIEW \`${name}\``);
    const text = shown!['Create View']!.replaceAll(`\`${database}\`.`, '').replace(/ DEFINER=\S+/, '');
    left.set(name, text);
  }
  const sorted: string[] = [];
  while (left.size > 0) {
    const [name, text] = [...left].find(([own, sql]) =>
      [...left.keys()].every((other) => other === own || !sql.includes(`\`${other}\``)),
    )!;
    sorted.push(text);
    left.delete(name);
  }
  return sorted;
}

import { afterAll } from 'vitest';
import { type Connection, openDatabase } from '../../src/db/pool.ts';
import { transaction } from '../../src/db/transaction.ts';
import { loadRows, type LoadResult, type LoadOptions } from '../../src/load/upsert.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { Logger } from '../../src/model/log.ts';
import { createTransformer } from '../../src/transform/page.ts';
import type { FreshDatabase } from './database.ts';
import { migratedDatabase } from './template.ts';
import { fakeClock } from './fake-clock.ts';

/** Tables that tell what is there, not what was done. */
const KEPT = new Set(['etl_schema_version']);

/** Takes every row away: many cases can then share one database. */
export async function emptied(db: Pick<FreshDatabase, 'query'>): Promise<void> {
  const all = await db.query<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables ' +
      "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
  );
  const names = all.map(({ name }) => name).filter((name) => !KEPT.has(name));
  if (names.length === 0) return;
  // Few tables hold rows: one query finds them, instead of a DELETE for each.
  const filled = await db.query<{ name: string }>(
    names
      .map((name) => `SELECT '${name}' AS name FROM DUAL WHERE EXISTS (SELECT 1 FROM \`${name}\`)`)
      .join(' UNION ALL '),
  );
  for (const { name } of filled) await db.query(`DELETE FROM \`${name}\``);
}

/** An empty database with the tool's tables, and a connection of the tool's to it; both are gone when the file ends. */
export async function tables(): Promise<{ db: FreshDatabase; connection: Connection }> {
  const db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  afterAll(() => database.close());
  const connection = await database.connect();
  return { db, connection };
}

const mute: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export type PageLoaded = LoadResult & { readonly rejected: number; readonly twins: number };

/** Takes a page of records the way a run does: makes rows of them, and loads those in one transaction. */
export async function loadPage(
  connection: Connection,
  resource: Dataset,
  records: readonly string[],
  options: Partial<LoadOptions> = {},
): Promise<PageLoaded> {
  const page = createTransformer(resource)({ records, damaged: new Set(), cursor: undefined });
  const all = {
    batchSize: 100,
    maxBytes: 4_000_000,
    keepPayload: true,
    keepHistory: false,
    runId: 1,
    at: '2026-01-01 00:00:00.000',
    ...options,
  };
  const tools = { clock: fakeClock(), random: () => 0, log: mute, signal: new AbortController().signal };
  const loaded = await transaction(connection, tools, (session) =>
    loadRows(session, resource, page.rows, all),
  );
  return { ...loaded, rejected: page.rejects.length, twins: page.skippedOlder };
}

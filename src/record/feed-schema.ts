import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, normalizeSqlDateTime, toSqlDateTime } from '../lib/time.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';

/** A version of the feed's schema. Times are milliseconds since the epoch, on our clock. */
export type SeenSchema = {
  readonly schema: FeedSchema;
  readonly seenAt: number;
  readonly checkedAt: number;
  readonly run: number;
  /** Previous name, if the schema was renamed without any other change. */
  readonly formerly?: string;
};

type StoredSchema = FeedSchema & Pick<SeenSchema, 'formerly'>;

/** Reads the newest versions, newest first. */
export async function readSchemas(session: Session, limit: number): Promise<SeenSchema[]> {
  const rows = await session.select<{ content: string; seen_at: string; checked_at: string; run_id: number }>(
    'SELECT content, seen_at, checked_at, run_id FROM etl_feed_schema ' +
      `ORDER BY seen_at DESC, hash LIMIT ${Math.trunc(limit)}`,
  );
  return rows.map((row) => {
    const { formerly, ...schema } = JSON.parse(row.content) as StoredSchema;
    return {
      schema,
      seenAt: fromSqlDateTime(row.seen_at),
      checkedAt: fromSqlDateTime(row.checked_at),
      run: row.run_id,
      ...(formerly === undefined ? {} : { formerly }),
    };
  });
}

/** Number of versions to keep: a feed whose servers disagree has a new version every day. */
const MAX_VERSIONS = 100;

/** Deletes the oldest versions beyond the limit. */
export async function pruneSchemas(session: Session): Promise<void> {
  const [last] = await session.select<{ seen_at: string }>(
    `SELECT seen_at FROM etl_feed_schema ORDER BY seen_at DESC LIMIT 1 OFFSET ${MAX_VERSIONS}`,
  );
  if (last !== undefined) {
    await session.run('DELETE FROM etl_feed_schema WHERE seen_at <= ?', [last.seen_at]);
  }
}

/**
 * Stores a version if it differs from the newest one; otherwise updates the check time and the current list members. Must be
 * called in a transaction: the newest version is read again under a lock, because another process may have stored one in the
 * meantime, and a version stored twice would hide the previous change.
 */
export async function saveSchema(
  session: Session,
  schema: FeedSchema,
  run: number,
  now: number,
): Promise<void> {
  // Locks the row, whether it exists or not.
  await session.run('INSERT INTO etl_schema_look (id) VALUES (1) ON DUPLICATE KEY UPDATE id = id');
  // Reads with a lock: a plain read may return the state at the start of the transaction.
  const [newest] = await session.select<{ hash: string; seen_at: string; content: string }>(
    'SELECT hash, seen_at, content FROM etl_feed_schema ORDER BY seen_at DESC, hash LIMIT 1 FOR UPDATE',
  );
  const at = toSqlDateTime(now);
  if (newest !== undefined && newest.hash === schema.hash) {
    await session.run(
      'UPDATE etl_feed_schema SET checked_at = ?, content = ? WHERE seen_at = ? AND hash = ?',
      [
        at,
        JSON.stringify(withFormerName(JSON.parse(newest.content) as StoredSchema, schema)),
        normalizeSqlDateTime(newest.seen_at),
        schema.hash,
      ],
    );
    return;
  }
  // Must be later than the newest version even if this clock is slow.
  const seen = newest === undefined ? now : Math.max(now, fromSqlDateTime(newest.seen_at) + 1);
  await session.run(
    'INSERT INTO etl_feed_schema (hash, seen_at, checked_at, run_id, content) VALUES (?, ?, ?, ?, ?)',
    [schema.hash, toSqlDateTime(seen), at, String(run), JSON.stringify(schema)],
  );
}

function withFormerName({ namespace, formerly }: StoredSchema, schema: FeedSchema): StoredSchema {
  const former = namespace === schema.namespace ? formerly : namespace;
  return former === undefined ? schema : { ...schema, formerly: former };
}

/** Reads when the schema request last failed; undefined: never. */
export async function readLastSchemaFailure(session: Session): Promise<number | undefined> {
  const [row] = await session.select<{ failed_at: string | null }>(
    'SELECT failed_at FROM etl_schema_look WHERE id = 1',
  );
  return row?.failed_at == null ? undefined : fromSqlDateTime(row.failed_at);
}

export async function saveSchemaFailure(session: Session, now: number): Promise<void> {
  await session.run(
    'INSERT INTO etl_schema_look (id, failed_at) VALUES (1, ?) ON DUPLICATE KEY UPDATE failed_at = VALUES(failed_at)',
    [toSqlDateTime(now)],
  );
}

import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, normalizeSqlDateTime, toSqlDateTime } from '../lib/time.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';

/** A version of the feed's schema; times are milliseconds since the epoch, on our clock. */
export type SeenSchema = {
  readonly schema: FeedSchema;
  readonly seenAt: number;
  readonly checkedAt: number;
  readonly run: number;
  /** What it was called before, where it was renamed and nothing else has changed. */
  readonly formerly?: string;
};

type Stored = FeedSchema & Pick<SeenSchema, 'formerly'>;

/** The newest versions, newest first. */
export async function readSchemas(session: Session, most: number): Promise<SeenSchema[]> {
  const rows = await session.select<{ content: string; seen_at: string; checked_at: string; run_id: number }>(
    'SELECT content, seen_at, checked_at, run_id FROM etl_feed_schema ' +
      `ORDER BY seen_at DESC, hash LIMIT ${Math.trunc(most)}`,
  );
  return rows.map((row) => {
    const { formerly, ...schema } = JSON.parse(row.content) as Stored;
    return {
      schema,
      seenAt: fromSqlDateTime(row.seen_at),
      checkedAt: fromSqlDateTime(row.checked_at),
      run: row.run_id,
      ...(formerly === undefined ? {} : { formerly }),
    };
  });
}

/** Versions that are kept: a feed whose servers do not agree has a new one every day. */
const MOST = 100;

/** Removes the versions that are too many, the oldest first. */
export async function forgetSchemas(session: Session): Promise<void> {
  const [last] = await session.select<{ seen_at: string }>(
    `SELECT seen_at FROM etl_feed_schema ORDER BY seen_at DESC LIMIT 1 OFFSET ${MOST}`,
  );
  if (last !== undefined) {
    await session.run('DELETE FROM etl_feed_schema WHERE seen_at <= ?', [last.seen_at]);
  }
}

/**
 * Keeps a version, where it differs from the newest one; else notes that it was looked at, and what lists hold now. To be
 * called in a transaction: the newest is read again under a lock, as another process may have stored one since the feed
 * was asked, and a version that is stored twice would hide what changed before it.
 */
export async function saveSchema(
  session: Session,
  schema: FeedSchema,
  run: number,
  now: number,
): Promise<void> {
  // Locks the row, there or not.
  await session.run('INSERT INTO etl_schema_look (id) VALUES (1) ON DUPLICATE KEY UPDATE id = id');
  // With a lock too: a plain read may give what was there when the transaction began.
  const [newest] = await session.select<{ hash: string; seen_at: string; content: string }>(
    'SELECT hash, seen_at, content FROM etl_feed_schema ORDER BY seen_at DESC, hash LIMIT 1 FOR UPDATE',
  );
  const at = toSqlDateTime(now);
  if (newest !== undefined && newest.hash === schema.hash) {
    await session.run(
      'UPDATE etl_feed_schema SET checked_at = ?, content = ? WHERE seen_at = ? AND hash = ?',
      [
        at,
        JSON.stringify(renamed(JSON.parse(newest.content) as Stored, schema)),
        normalizeSqlDateTime(newest.seen_at),
        schema.hash,
      ],
    );
    return;
  }
  // Behind the newest also on a clock that is slow.
  const seen = newest === undefined ? now : Math.max(now, fromSqlDateTime(newest.seen_at) + 1);
  await session.run(
    'INSERT INTO etl_feed_schema (hash, seen_at, checked_at, run_id, content) VALUES (?, ?, ?, ?, ?)',
    [schema.hash, toSqlDateTime(seen), at, String(run), JSON.stringify(schema)],
  );
}

function renamed({ namespace, formerly }: Stored, schema: FeedSchema): Stored {
  const former = namespace === schema.namespace ? formerly : namespace;
  return former === undefined ? schema : { ...schema, formerly: former };
}

/** When the feed last failed to tell its schema; undefined: never. */
export async function lastFailure(session: Session): Promise<number | undefined> {
  const [row] = await session.select<{ failed_at: string | null }>(
    'SELECT failed_at FROM etl_schema_look WHERE id = 1',
  );
  return row?.failed_at == null ? undefined : fromSqlDateTime(row.failed_at);
}

export async function noteFailure(session: Session, now: number): Promise<void> {
  await session.run(
    'INSERT INTO etl_schema_look (id, failed_at) VALUES (1, ?) ON DUPLICATE KEY UPDATE failed_at = VALUES(failed_at)',
    [toSqlDateTime(now)],
  );
}

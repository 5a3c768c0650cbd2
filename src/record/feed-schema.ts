import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, toSqlDateTime } from '../lib/time.ts';
import type { FeedSchema } from '../model.ts';

/** A version of the feed's schema; times are milliseconds since the epoch, on our clock. */
export type SeenSchema = {
  readonly schema: FeedSchema;
  readonly seenAt: number;
  readonly checkedAt: number;
  readonly run: number;
};

/** The newest versions, newest first. */
export async function readSchemas(session: Session, most: number): Promise<SeenSchema[]> {
  const rows = await session.select<{ content: string; seen_at: string; checked_at: string; run_id: number }>(
    'SELECT content, seen_at, checked_at, run_id FROM etl_feed_schema ' +
      `ORDER BY seen_at DESC, hash LIMIT ${Math.trunc(most)}`,
  );
  return rows.map((row) => ({
    schema: JSON.parse(row.content) as FeedSchema,
    seenAt: fromSqlDateTime(row.seen_at),
    checkedAt: fromSqlDateTime(row.checked_at),
    run: row.run_id,
  }));
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

/** Keeps a version, where it differs from the newest one; else notes that it was looked at, and what lists hold now. */
export async function saveSchema(
  session: Session,
  newest: SeenSchema | undefined,
  schema: FeedSchema,
  run: number,
  now: number,
): Promise<void> {
  if (newest !== undefined && newest.schema.hash === schema.hash) {
    await session.run(
      'UPDATE etl_feed_schema SET checked_at = ?, content = ? WHERE seen_at = ? AND hash = ?',
      [toSqlDateTime(now), JSON.stringify(schema), toSqlDateTime(newest.seenAt), schema.hash],
    );
    return;
  }
  const at = toSqlDateTime(now);
  await session.run(
    'INSERT INTO etl_feed_schema (hash, seen_at, checked_at, run_id, content) VALUES (?, ?, ?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE checked_at = VALUES(checked_at)',
    [schema.hash, at, at, String(run), JSON.stringify(schema)],
  );
}

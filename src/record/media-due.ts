import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';

/** A listing whose media are to be fetched, as it stood when that was found. */
export type DueListing = {
  readonly key: string;
  readonly photosCount: number | null;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly photosChanged: string | null;
};

/** Listings whose photos changed since their media were fetched, in the order of their key, from after `last` on. */
export async function dueListings(
  session: Session,
  last: string,
  most: number,
  now: number,
): Promise<DueListing[]> {
  return session.select<DueListing>(
    'SELECT listing_key AS `key`, photos_count AS photosCount, photos_change_timestamp AS photosChanged FROM properties ' +
      'WHERE media_due = 1 AND listing_key > ? AND (media_retry_at IS NULL OR media_retry_at <= ?) ' +
      `ORDER BY listing_key LIMIT ${Math.trunc(most)}`,
    [last, toSqlDateTime(now)],
  );
}

/** The media of this listing are those that belong to the photos it had then. */
export async function markFetched(session: Session, listing: DueListing, at: string): Promise<void> {
  await session.run(
    'UPDATE properties SET media_fetched_for = ?, media_fetched_count = ?, media_fetched_at = ?, media_retry_at = NULL ' +
      'WHERE listing_key = ?',
    [
      listing.photosChanged,
      listing.photosCount === null ? null : String(listing.photosCount),
      at,
      listing.key,
    ],
  );
}

/** The feed showed no media although it says that there are: the listing stays due and is asked for again then. */
export async function postpone(session: Session, key: string, until: number): Promise<void> {
  await session.run('UPDATE properties SET media_retry_at = ? WHERE listing_key = ?', [
    toSqlDateTime(until),
    key,
  ]);
}

export async function countDue(session: Session): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM properties WHERE media_due = 1',
  );
  return row?.n ?? 0;
}

/**
 * Marks those of these listings as fetched of which as many media are stored as the feed says that there are. To be used
 * after all media were read: what differs by then has to be fetched as a set.
 */
export async function settleComplete(
  session: Session,
  listings: readonly DueListing[],
  at: string,
): Promise<number> {
  const marks = listings.map(() => '?').join(', ');
  const keys = listings.map((listing) => listing.key);
  const stored = await session.select<{ parent: string; n: number }>(
    `SELECT resource_record_key AS parent, COUNT(*) AS n FROM media WHERE resource_record_key IN (${marks}) AND deleted_at IS NULL GROUP BY resource_record_key`,
    keys,
  );
  const counts = new Map(stored.map((row) => [row.parent, row.n]));
  const settled = listings.filter((listing) => (counts.get(listing.key) ?? 0) === listing.photosCount);
  if (settled.length === 0) return 0;
  await session.run(
    'UPDATE properties SET media_fetched_for = photos_change_timestamp, media_fetched_count = photos_count, ' +
      `media_fetched_at = ?, media_retry_at = NULL WHERE listing_key IN (${settled.map(() => '?').join(', ')})`,
    [at, ...settled.map((listing) => listing.key)],
  );
  return settled.length;
}

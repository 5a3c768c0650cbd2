import { marks } from '../db/marks.ts';
import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';

/** A listing whose media are to be fetched, as it stood when that was found. */
export type DueListing = {
  readonly key: string;
  readonly photosCount: number | null;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly photosChanged: string | null;
  /** How often in a row the feed's answer was not believed. */
  readonly tries: number;
};

/** Listings whose photos changed since their media were fetched, in the order of their key, from after `last` on. */
export async function dueListings(
  session: Session,
  last: string,
  most: number,
  now: number,
): Promise<DueListing[]> {
  return session.select<DueListing>(
    'SELECT listing_key AS `key`, photos_count AS photosCount, photos_change_timestamp AS photosChanged, media_tries AS tries FROM properties ' +
      'WHERE media_due = 1 AND listing_key > ? AND (media_retry_at IS NULL OR media_retry_at <= ? ' +
      'OR NOT (media_retry_for <=> photos_change_timestamp)) ' +
      `ORDER BY listing_key LIMIT ${Math.trunc(most)}`,
    [last, toSqlDateTime(now)],
  );
}

/** The media of this listing are those that belong to the photos it had then. */
export async function markFetched(session: Session, listing: DueListing, at: string): Promise<void> {
  await session.run(
    'UPDATE properties SET media_fetched_for = ?, media_fetched_count = ?, media_fetched_at = ?, media_retry_at = NULL, media_tries = 0 ' +
      'WHERE listing_key = ?',
    [
      listing.photosChanged,
      listing.photosCount === null ? null : String(listing.photosCount),
      at,
      listing.key,
    ],
  );
}

/** An hour, when the quota is new; then rarer: some listings count photos that the feed does not have any more. */
const PAUSES = [1, 6, 24, 168].map((hours) => hours * 3_600_000);

/**
 * The feed showed no media although it says that there are: the listing stays due and is asked for again after a while,
 * or as soon as its photos change.
 */
export async function postpone(session: Session, listing: DueListing, now: number): Promise<void> {
  const pause = PAUSES[Math.min(listing.tries, PAUSES.length - 1)]!;
  await session.run(
    'UPDATE properties SET media_retry_at = ?, media_retry_for = ?, media_tries = media_tries + 1 WHERE listing_key = ?',
    [toSqlDateTime(now + pause), listing.photosChanged, listing.key],
  );
}

/** Has the sets of these listings fetched with the next sync, whatever is stored. */
export async function markDue(session: Session, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await session.run(
    'UPDATE properties SET media_fetched_at = NULL, media_retry_at = NULL WHERE deleted_at IS NULL ' +
      `AND listing_key IN (${marks(keys.length)})`,
    keys,
  );
}

export async function countDue(session: Session): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM properties WHERE media_due = 1',
  );
  return row?.n ?? 0;
}

/**
 * Marks those of these listings as fetched of which as many media are stored as the feed says that there are. To be used
 * after all media were read. Only listings whose set was never fetched before: else one stored too many and one that was
 * rejected would look complete. What is not marked is fetched as a set.
 */
export async function settleComplete(
  session: Session,
  listings: readonly DueListing[],
  at: string,
): Promise<number> {
  const keys = listings.map((listing) => listing.key);
  const stored = await session.select<{ parent: string; n: number }>(
    `SELECT resource_record_key AS parent, COUNT(*) AS n FROM media WHERE resource_record_key IN (${marks(keys.length)}) ` +
      'AND deleted_at IS NULL GROUP BY resource_record_key',
    keys,
  );
  const held = await session.select<{ parent: string }>(
    `SELECT parent_key AS parent FROM etl_quarantine WHERE resource = 'Media' AND parent_key IN (${marks(keys.length)})`,
    keys,
  );
  const counts = new Map(stored.map((row) => [row.parent, row.n]));
  const doubtful = new Set(held.map((row) => row.parent));
  const settled = listings.filter(
    ({ key, photosCount }) => !doubtful.has(key) && (counts.get(key) ?? 0) === photosCount,
  );
  if (settled.length === 0) return 0;
  const { matched } = await session.run(
    'UPDATE properties SET media_fetched_for = photos_change_timestamp, media_fetched_count = photos_count, ' +
      `media_fetched_at = ?, media_retry_at = NULL, media_tries = 0 WHERE media_fetched_at IS NULL ` +
      `AND listing_key IN (${marks(settled.length)})`,
    [at, ...settled.map((listing) => listing.key)],
  );
  return matched;
}

import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { parentLink } from '../dataset/reading.ts';

/** A listing whose set of records is to be fetched, as it stood when that was found. */
export type DueListing = {
  readonly key: string;
  /** How many records the feed says that there are; null where it does not say. */
  readonly count: number | null;
  /** What moved, `YYYY-MM-DD hh:mm:ss.mmm` UTC: the photos' time, or the listing's version. */
  readonly changed: string | null;
  /** How often in a row the feed's answer was not believed. */
  readonly tries: number;
};

/** The columns of `properties` that tell of a resource's sets. */
type Signal = { readonly changed: string; readonly count: string | undefined; readonly marks: string };

/** @throws Error for a resource that has no sets: a mistake in src/resources. */
function signalOf(dataset: Dataset): Signal {
  const parent = parentLink(dataset);
  if (parent === undefined) throw new Error(`${dataset.name} has no sets`);
  const [changed, count] =
    parent.staleBy === 'photos'
      ? ['photos_change_timestamp', 'photos_count']
      : ['modification_timestamp', undefined];
  return { changed, count, marks: parent.columnPrefix };
}

/** Listings that moved since their sets were fetched, in the order of their key, from after `last` on. */
export async function dueListings(
  session: Session,
  dataset: Dataset,
  last: string,
  most: number,
  now: number,
): Promise<DueListing[]> {
  const signal = signalOf(dataset);
  return session.select<DueListing>(
    `${selectListings(signal)} WHERE ${signal.marks}_due = 1 AND listing_key > ? ` +
      `AND (${signal.marks}_retry_at IS NULL OR ${signal.marks}_retry_at <= ? ` +
      `OR NOT (${signal.marks}_retry_for <=> ${signal.changed})) ORDER BY listing_key LIMIT ${Math.trunc(most)}`,
    [last, toSqlDateTime(now)],
  );
}

/** All listings, whether due or not, in the same order. */
export async function allListings(
  session: Session,
  dataset: Dataset,
  last: string,
  most: number,
): Promise<DueListing[]> {
  return session.select<DueListing>(
    `${selectListings(signalOf(dataset))} WHERE deleted_at IS NULL AND listing_key > ? ` +
      `ORDER BY listing_key LIMIT ${Math.trunc(most)}`,
    [last],
  );
}

function selectListings({ changed, count, marks: prefix }: Signal): string {
  return (
    `SELECT listing_key AS \`key\`, ${count ?? 'NULL'} AS count, ${changed} AS changed, ` +
    `${prefix}_tries AS tries FROM properties`
  );
}

/** The sets of these listings are those that they had then. One statement for many: a batch holds hundreds. */
export async function markFetched(
  session: Session,
  dataset: Dataset,
  listings: readonly DueListing[],
  at: string,
): Promise<void> {
  const { marks: prefix, count } = signalOf(dataset);
  for (const part of chunk(listings, 200)) {
    const each = `CASE listing_key ${'WHEN ? THEN ? '.repeat(part.length)}END`;
    await session.run(
      `UPDATE properties SET ${prefix}_fetched_for = ${each}, ` +
        `${count === undefined ? '' : `${prefix}_fetched_count = ${each}, `}${prefix}_fetched_at = ?, ` +
        `${prefix}_retry_at = NULL, ${prefix}_tries = 0 WHERE listing_key IN (${placeholders(part.length)})`,
      [
        ...part.flatMap((listing) => [listing.key, listing.changed]),
        ...(count === undefined ? [] : part.flatMap((listing) => [listing.key, textOf(listing.count)])),
        at,
        ...part.map((listing) => listing.key),
      ],
    );
  }
}

function textOf(count: number | null): string | null {
  return count === null ? null : String(count);
}

/** An hour, when the quota is new; then rarer: some listings count photos that the feed does not have any more. */
const PAUSES = [1, 6, 24, 168].map((hours) => hours * 3_600_000);

/**
 * The feed showed no record although there should be some: the listing stays due and is asked for again after a while, or
 * as soon as it moves again.
 */
export async function postpone(
  session: Session,
  dataset: Dataset,
  listing: DueListing,
  now: number,
): Promise<void> {
  const { marks: prefix } = signalOf(dataset);
  const pause = PAUSES[Math.min(listing.tries, PAUSES.length - 1)]!;
  await session.run(
    `UPDATE properties SET ${prefix}_retry_at = ?, ${prefix}_retry_for = ?, ${prefix}_tries = ${prefix}_tries + 1 ` +
      'WHERE listing_key = ?',
    [toSqlDateTime(now + pause), listing.changed, listing.key],
  );
}

/** Has the sets of these listings fetched with the next sync, whatever is stored. @returns how many listings there are. */
export async function markDue(session: Session, dataset: Dataset, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const { marks: prefix } = signalOf(dataset);
  const { matched } = await session.run(
    `UPDATE properties SET ${prefix}_fetched_at = NULL, ${prefix}_retry_at = NULL WHERE deleted_at IS NULL ` +
      `AND listing_key IN (${placeholders(keys.length)})`,
    keys,
  );
  return matched;
}

export async function countDue(session: Session, dataset: Dataset): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    `SELECT COUNT(*) AS n FROM properties WHERE ${signalOf(dataset).marks}_due = 1`,
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
    `SELECT resource_record_key AS parent, COUNT(*) AS n FROM media WHERE resource_record_key IN (${placeholders(keys.length)}) ` +
      'AND deleted_at IS NULL GROUP BY resource_record_key',
    keys,
  );
  const held = await session.select<{ parent: string }>(
    `SELECT parent_key AS parent FROM etl_quarantine WHERE resource = 'Media' AND parent_key IN (${placeholders(keys.length)})`,
    keys,
  );
  const counts = new Map(stored.map((row) => [row.parent, row.n]));
  const doubtful = new Set(held.map((row) => row.parent));
  const settled = listings.filter(({ key, count }) => !doubtful.has(key) && (counts.get(key) ?? 0) === count);
  if (settled.length === 0) return 0;
  const { matched } = await session.run(
    'UPDATE properties SET media_fetched_for = photos_change_timestamp, media_fetched_count = photos_count, ' +
      `media_fetched_at = ?, media_retry_at = NULL, media_tries = 0 WHERE media_fetched_at IS NULL ` +
      `AND listing_key IN (${placeholders(settled.length)})`,
    [at, ...settled.map((listing) => listing.key)],
  );
  return matched;
}

/** Which of these listings are here. */
export async function listingsHere(session: Session, keys: readonly string[]): Promise<Set<string>> {
  const here = new Set<string>();
  for (const part of chunk(keys, 1000)) {
    const rows = await session.select<{ key: string }>(
      `SELECT listing_key AS \`key\` FROM properties WHERE deleted_at IS NULL AND listing_key IN (${placeholders(part.length)})`,
      part,
    );
    for (const { key } of rows) here.add(key);
  }
  return here;
}

import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { HOUR_MS, toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { parentLink } from '../dataset/reading.ts';

/** A listing whose child set must be fetched, in the state in which this was found. */
export type StaleParent = {
  readonly key: string;
  /** Number of child records that the feed reports; null if it does not. */
  readonly count: number | null;
  /** The timestamp that changed, `YYYY-MM-DD hh:mm:ss.mmm` UTC: that of the photos, or the listing's version. */
  readonly changed: string | null;
  /** Number of consecutive implausible responses of the feed. */
  readonly tries: number;
};

/** Columns of `properties` that mark a dataset's child sets as stale. */
type StaleSignal = {
  readonly changed: string;
  readonly count: string | undefined;
  readonly columnPrefix: string;
};

/** @throws Error if the dataset has no parent: a programming mistake. */
function staleSignalOf(dataset: Dataset): StaleSignal {
  const parent = parentLink(dataset);
  if (parent === undefined) throw new Error(`${dataset.name} has no parent`);
  const [changed, count] =
    parent.staleBy === 'photos'
      ? ['photos_change_timestamp', 'photos_count']
      : ['modification_timestamp', undefined];
  return { changed, count, columnPrefix: parent.columnPrefix };
}

/** Reads listings that changed since their child sets were fetched, in key order, after the key `last`. */
export async function selectStaleParents(
  session: Session,
  dataset: Dataset,
  last: string,
  limit: number,
  now: number,
): Promise<StaleParent[]> {
  const signal = staleSignalOf(dataset);
  return session.select<StaleParent>(
    `${formatSelectParents(signal)} WHERE ${signal.columnPrefix}_due = 1 AND listing_key > ? ` +
      `AND (${signal.columnPrefix}_retry_at IS NULL OR ${signal.columnPrefix}_retry_at <= ? ` +
      `OR NOT (${signal.columnPrefix}_retry_for <=> ${signal.changed})) ORDER BY listing_key LIMIT ${Math.trunc(limit)}`,
    [last, toSqlDateTime(now)],
  );
}

/** Reads all listings, stale or not, in key order, after the key `last`. */
export async function readAllParents(
  session: Session,
  dataset: Dataset,
  last: string,
  limit: number,
): Promise<StaleParent[]> {
  return session.select<StaleParent>(
    `${formatSelectParents(staleSignalOf(dataset))} WHERE deleted_at IS NULL AND listing_key > ? ` +
      `ORDER BY listing_key LIMIT ${Math.trunc(limit)}`,
    [last],
  );
}

/** A listing, and whether it changed since its child set was fetched. */
export type ParentState = StaleParent & { readonly isStale: boolean };

/** Reads the listings with these keys, without deleted ones, in key order. Times have milliseconds. */
export async function readParentStates(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
): Promise<ParentState[]> {
  const signal = staleSignalOf(dataset);
  const found: ParentState[] = [];
  for (const part of chunk([...keys].sort(), 1000)) {
    const rows = await session.select<StaleParent & { due: number | null }>(
      `${formatSelectParents(signal, `${signal.columnPrefix}_due AS due`)} WHERE deleted_at IS NULL ` +
        `AND listing_key IN (${placeholders(part.length)}) ORDER BY listing_key`,
      part,
    );
    for (const { due, ...listing } of rows) found.push({ ...listing, isStale: due === 1 });
  }
  return found;
}

function formatSelectParents({ changed, count, columnPrefix }: StaleSignal, more?: string): string {
  return (
    `SELECT listing_key AS \`key\`, ${count ?? 'NULL'} AS count, ${changed} AS changed, ` +
    `${columnPrefix}_tries AS tries${more === undefined ? '' : `, ${more}`} FROM properties`
  );
}

/** Marks the child sets as fetched for the given state of their parents. Uses one statement for many: a batch has hundreds. */
export async function markSetsFetched(
  session: Session,
  dataset: Dataset,
  parents: readonly StaleParent[],
  at: string,
): Promise<void> {
  const { columnPrefix, count } = staleSignalOf(dataset);
  for (const part of chunk(parents, 200)) {
    const each = `CASE listing_key ${'WHEN ? THEN ? '.repeat(part.length)}END`;
    await session.run(
      `UPDATE properties SET ${columnPrefix}_fetched_for = ${each}, ` +
        `${count === undefined ? '' : `${columnPrefix}_fetched_count = ${each}, `}${columnPrefix}_fetched_at = ?, ` +
        `${columnPrefix}_retry_at = NULL, ${columnPrefix}_tries = 0 WHERE listing_key IN (${placeholders(part.length)})`,
      [
        ...part.flatMap((listing) => [listing.key, listing.changed]),
        ...(count === undefined ? [] : part.flatMap((listing) => [listing.key, toText(listing.count)])),
        at,
        ...part.map((listing) => listing.key),
      ],
    );
  }
}

function toText(count: number | null): string | null {
  return count === null ? null : String(count);
}

/** An hour at first, when the quota is renewed; then longer: some listings count photos that the feed no longer has. */
const RETRY_PAUSES_MS = [1, 6, 24, 168].map((hours) => hours * HOUR_MS);

/**
 * Postpones the next fetch because the feed returned no records although the parent has some. The set remains stale; it is
 * fetched again after a pause, or as soon as the parent changes.
 */
export async function postponeFetch(
  session: Session,
  dataset: Dataset,
  parent: StaleParent,
  now: number,
): Promise<void> {
  const { columnPrefix } = staleSignalOf(dataset);
  const pause = RETRY_PAUSES_MS[Math.min(parent.tries, RETRY_PAUSES_MS.length - 1)]!;
  await session.run(
    `UPDATE properties SET ${columnPrefix}_retry_at = ?, ${columnPrefix}_retry_for = ?, ${columnPrefix}_tries = ${columnPrefix}_tries + 1 ` +
      'WHERE listing_key = ?',
    [toSqlDateTime(now + pause), parent.changed, parent.key],
  );
}

/** Makes the next sync fetch the child sets of these listings, regardless of their state. @returns the number of listings found. */
export async function markChildSetsStale(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
): Promise<number> {
  if (keys.length === 0) return 0;
  const { columnPrefix } = staleSignalOf(dataset);
  const { matched } = await session.run(
    `UPDATE properties SET ${columnPrefix}_fetched_at = NULL, ${columnPrefix}_retry_at = NULL WHERE deleted_at IS NULL ` +
      `AND listing_key IN (${placeholders(keys.length)})`,
    keys,
  );
  return matched;
}

/** Counts the listings, without deleted ones. */
export async function countParents(session: Session): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM properties WHERE deleted_at IS NULL',
  );
  return row?.n ?? 0;
}

export async function countStaleParents(session: Session, dataset: Dataset): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    `SELECT COUNT(*) AS n FROM properties WHERE ${staleSignalOf(dataset).columnPrefix}_due = 1`,
  );
  return row?.n ?? 0;
}

/**
 * Marks the media of these listings as fetched if as many are stored as the feed reports. Must be called after all media were
 * read. Skips listings whose set was fetched before: a set with one extra and one rejected record would otherwise look complete.
 * Sets that are not marked are fetched one by one.
 */
export async function markCompleteSets(
  session: Session,
  parents: readonly StaleParent[],
  at: string,
): Promise<number> {
  const keys = parents.map((listing) => listing.key);
  const stored = await session.select<{ parent: string; n: number }>(
    `SELECT resource_record_key AS parent, COUNT(*) AS n FROM media WHERE resource_record_key IN (${placeholders(keys.length)}) ` +
      'AND deleted_at IS NULL GROUP BY resource_record_key',
    keys,
  );
  const quarantined = await session.select<{ parent: string }>(
    `SELECT parent_key AS parent FROM etl_quarantine WHERE resource = 'Media' AND parent_key IN (${placeholders(keys.length)})`,
    keys,
  );
  const counts = new Map(stored.map((row) => [row.parent, row.n]));
  const parentsWithRejects = new Set(quarantined.map((row) => row.parent));
  const complete = parents.filter(
    ({ key, count }) => !parentsWithRejects.has(key) && (counts.get(key) ?? 0) === count,
  );
  if (complete.length === 0) return 0;
  const { matched } = await session.run(
    'UPDATE properties SET media_fetched_for = photos_change_timestamp, media_fetched_count = photos_count, ' +
      `media_fetched_at = ?, media_retry_at = NULL, media_tries = 0 WHERE media_fetched_at IS NULL ` +
      `AND listing_key IN (${placeholders(complete.length)})`,
    [at, ...complete.map((listing) => listing.key)],
  );
  return matched;
}

/** Reads which of these listings are stored. */
export async function readStoredListings(session: Session, keys: readonly string[]): Promise<Set<string>> {
  const stored = new Set<string>();
  for (const part of chunk(keys, 1000)) {
    const rows = await session.select<{ key: string }>(
      `SELECT listing_key AS \`key\` FROM properties WHERE deleted_at IS NULL AND listing_key IN (${placeholders(part.length)})`,
      part,
    );
    for (const { key } of rows) stored.add(key);
  }
  return stored;
}

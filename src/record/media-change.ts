import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

/** What marks a file as changed: see MEDIA_CHANGED_BY. */
export type ChangedBy = 'listing' | 'media';

/** A media record whose file is new or changed. */
export type WantedFile = {
  readonly media_key: string;
  readonly listing_key: string;
  readonly wanted_for: string;
  readonly download_order: number | string;
};

/** The listings with these keys, or those after one key and up to another. */
export type ListingScope =
  | { readonly keys: readonly string[] }
  | { readonly after: string; readonly upTo: string | undefined };

/** The state of a media record, as text. */
const WANTED_FOR: Readonly<Record<ChangedBy, string>> = {
  listing: "CONCAT(COALESCE(p.media_fetched_for, ''), '/', COALESCE(m.media_modification_timestamp, ''))",
  media: "CAST(COALESCE(m.media_modification_timestamp, p.media_fetched_for, '') AS CHAR(64))",
};

/** Both spellings of RESO's StandardStatus: with PRETTY_ENUMS there are spaces. */
const ACTIVE = "('Active', 'ActiveUnderContract', 'Active Under Contract', 'ComingSoon', 'Coming Soon')";

/** Active listings first, of these the newest change, of each listing the preferred photo. At most 2 * 10^14. */
const DOWNLOAD_ORDER =
  `(CASE WHEN p.standard_status IN ${ACTIVE} THEN 0 ELSE 1 END) * 100000000000000 + ` +
  "(9999999999 - COALESCE(TIMESTAMPDIFF(SECOND, '1970-01-01', COALESCE(p.photos_change_timestamp, " +
  'p.modification_timestamp, m.modification_timestamp)), 0)) * 10000 + ' +
  '(CASE WHEN m.preferred_photo_yn = 1 THEN 0 ELSE LEAST(9999, 1 + GREATEST(0, COALESCE(m.`order`, 9998))) END)';

/** The address of a virtual tour is that of a page, not of a file. */
const IS_FILE = "COALESCE(m.media_category, '') NOT LIKE '%Virtual%Tour%'";

/** A set that was never fetched as a whole is incomplete: when it is, its state changes, and files would be requested twice. */
const IS_KNOWN =
  '(p.listing_key IS NULL OR (p.deleted_at IS NULL AND ' +
  '(p.media_fetched_at IS NOT NULL OR p.media_retry_at IS NOT NULL OR p.media_due = 0)))';

/** Reads the media of these listings whose file is new, changed, or wanted again. */
export function readWanted(
  session: Session,
  keys: readonly string[],
  changedBy: ChangedBy,
): Promise<WantedFile[]> {
  return session.select<WantedFile>(
    `SELECT m.media_key, m.resource_record_key AS listing_key, ${WANTED_FOR[changedBy]} AS wanted_for, ` +
      `${DOWNLOAD_ORDER} AS download_order FROM media m ` +
      'LEFT JOIN properties p ON p.listing_key = m.resource_record_key ' +
      'LEFT JOIN media_file f ON f.media_key = m.media_key ' +
      `WHERE m.resource_record_key IN (${placeholders(keys.length)}) AND m.deleted_at IS NULL AND ${IS_FILE} AND ${IS_KNOWN} ` +
      `AND (f.media_key IS NULL OR f.state = 'removed' OR f.wanted_for <> ${WANTED_FOR[changedBy]} ` +
      'OR f.listing_key <> m.resource_record_key)',
    keys,
  );
}

/** Makes files pending. A file that came back in the state that is stored is not fetched again. */
export async function saveWanted(session: Session, files: readonly WantedFile[], run: number): Promise<void> {
  for (const part of chunk(files, 500)) {
    await session.run(
      'INSERT INTO media_file (media_key, listing_key, state, wanted_for, download_order, run_id) VALUES ' +
        `${part.map(() => "(?, ?, 'pending', ?, ?, ?)").join(', ')} ON DUPLICATE KEY UPDATE ` +
        "state = IF(store_path IS NOT NULL AND fetched_for <=> VALUES(wanted_for), 'stored', 'pending'), " +
        'listing_key = VALUES(listing_key), wanted_for = VALUES(wanted_for), download_order = VALUES(download_order), ' +
        'run_id = VALUES(run_id), tries = 0, retry_at = NULL, reason = NULL, message = NULL, remove_at = NULL',
      part.flatMap((file) => [
        file.media_key,
        file.listing_key,
        file.wanted_for,
        String(file.download_order),
        String(run),
      ]),
    );
  }
}

/** Reads the keys of files whose media record, or whose listing, is gone. */
export async function readVanished(session: Session, scope: ListingScope): Promise<string[]> {
  const [condition, values] = toCondition(scope);
  const rows = await session.select<{ media_key: string }>(
    'SELECT f.media_key FROM media_file f ' +
      `LEFT JOIN media m ON m.media_key = f.media_key AND m.deleted_at IS NULL AND ${IS_FILE} ` +
      'LEFT JOIN properties p ON p.listing_key = m.resource_record_key ' +
      `WHERE ${condition} AND f.state <> 'removed' AND (m.media_key IS NULL OR p.deleted_at IS NOT NULL)`,
    values,
  );
  return rows.map(({ media_key: key }) => key);
}

function toCondition(scope: ListingScope): readonly [string, readonly string[]] {
  if ('keys' in scope) return [`f.listing_key IN (${placeholders(scope.keys.length)})`, scope.keys];
  const { after, upTo } = scope;
  if (upTo === undefined) return ['f.listing_key > ?', [after]];
  return ['f.listing_key > ? AND f.listing_key <= ?', [after, upTo]];
}

/** Marks files as removed. Their rows and files stay until `removeAt`, or until `now` if there is no file. */
export async function markVanished(
  session: Session,
  keys: readonly string[],
  { now, removeAt, run }: { readonly now: string; readonly removeAt: string; readonly run: number },
): Promise<void> {
  for (const part of chunk(keys, 500)) {
    await session.run(
      "UPDATE media_file SET state = 'removed', remove_at = IF(store_path IS NULL, ?, ?), retry_at = NULL, run_id = ? " +
        `WHERE media_key IN (${placeholders(part.length)})`,
      [now, removeAt, String(run), ...part],
    );
  }
}

/** Reads the keys of listings whose media set was fetched, or that were deleted, since a time; `limit` at most. */
export async function readChangedListings(session: Session, since: string, limit: number): Promise<string[]> {
  const keys = new Set<string>();
  for (const column of ['media_fetched_at', 'deleted_at']) {
    const rows = await session.select<{ listing_key: string }>(
      `SELECT listing_key FROM properties WHERE ${column} >= ? LIMIT ${Math.trunc(limit)}`,
      [since],
    );
    for (const { listing_key: key } of rows) keys.add(key);
  }
  return [...keys];
}

/** Reads the keys of records that have media, in order, after a key. */
export async function readMediaOwners(session: Session, after: string, limit: number): Promise<string[]> {
  const rows = await session.select<{ owner: string }>(
    'SELECT DISTINCT resource_record_key AS owner FROM media WHERE resource_record_key > ? ' +
      `ORDER BY resource_record_key LIMIT ${Math.trunc(limit)}`,
    [after],
  );
  return rows.map(({ owner }) => owner);
}

/** Whether a run since this time may have changed media in other ways than a sync does, by which changes are found. */
export async function hasOtherChanges(session: Session, since: string): Promise<boolean> {
  const rows = await session.select(
    "SELECT 1 FROM etl_sync_log WHERE updated_at >= ? AND mode IN ('full-load', 'reconcile', 'undelete', 'replay', 'repair') " +
      'AND records_inserted + records_updated + records_deleted > 0 LIMIT 1',
    [since],
  );
  return rows.length > 0;
}

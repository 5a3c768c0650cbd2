import type { Session } from '../db/pool.ts';
import { type LoggedRun, readLastRuns } from './run-log.ts';

/** The source id of runs that download media files. */
const SOURCE = 'media';

/** How many media files are in each state. */
export type MediaFileCounts = {
  /** Whole, and current. */
  readonly stored: number;
  /** New or changed. */
  readonly pending: number;
  /** Refused or missing; requested again later. */
  readonly failed: number;
  /** Their records are gone; removed after MEDIA_KEEP_DELETED. */
  readonly removed: number;
};

/** The state of the media files. */
export type MediaFileReport = MediaFileCounts & {
  /** Of all files that are stored, also those of changed or removed records. */
  readonly files: number;
  readonly bytes: number;
  /** Why files failed, the most frequent reason first. */
  readonly reasons: readonly { readonly reason: string; readonly files: number }[];
  readonly lastPass: LoggedRun | undefined;
};

/** Counts the files by state. Reads an index only. */
export async function countMediaFiles(session: Session): Promise<MediaFileCounts> {
  const rows = await session.select<{ state: keyof MediaFileCounts; files: number }>(
    'SELECT state, COUNT(*) AS files FROM media_file GROUP BY state',
  );
  const counts = { stored: 0, pending: 0, failed: 0, removed: 0 };
  for (const { state, files } of rows) counts[state] = files;
  return counts;
}

/** Reads the state of the media files. Reads every row of media_file. */
export async function readMediaFileReport(session: Session): Promise<MediaFileReport> {
  const counts = await countMediaFiles(session);
  const [size] = await session.select<{ files: number; bytes: number | string }>(
    'SELECT COUNT(*) AS files, CAST(COALESCE(SUM(byte_size), 0) AS SIGNED) AS bytes FROM media_file WHERE store_path IS NOT NULL',
  );
  const reasons = await session.select<{ reason: string; files: number }>(
    "SELECT COALESCE(reason, 'unknown') AS reason, COUNT(*) AS files FROM media_file WHERE state = 'failed' " +
      'GROUP BY 1 ORDER BY files DESC, reason LIMIT 20',
  );
  const [lastPass] = await readLastRuns(session, 1, SOURCE);
  return { ...counts, files: size?.files ?? 0, bytes: Number(size?.bytes ?? 0), reasons, lastPass };
}

/** Whether any media file is known. */
export async function hasMediaFiles(session: Session): Promise<boolean> {
  return (await session.select('SELECT 1 FROM media_file LIMIT 1')).length > 0;
}

/** Counts media records that no run has listed as files yet. Reads every row of media. */
export async function countUnlistedMedia(session: Session): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM media m LEFT JOIN media_file f ON f.media_key = m.media_key ' +
      "WHERE m.deleted_at IS NULL AND f.media_key IS NULL AND COALESCE(m.media_category, '') NOT LIKE '%Virtual%Tour%'",
  );
  return row?.n ?? 0;
}

/** A media record of a listing, and its file. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type ListingFile = {
  readonly mediaKey: string;
  readonly category: string | null;
  readonly order: number | null;
  /** Null: no run has listed it yet. */
  readonly state: string | null;
  readonly path: string | null;
  readonly bytes: number | null;
  readonly tries: number | null;
  readonly retryAt: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly fetchedAt: string | null;
  readonly removeAt: string | null;
};

/** Reads the files of a listing, in the order of its photos; those of vanished records last. */
export async function readListingFiles(session: Session, listing: string): Promise<ListingFile[]> {
  const columns =
    'f.state, f.store_path AS path, f.byte_size AS bytes, f.tries, f.retry_at AS retryAt, f.reason, f.message, ' +
    'f.fetched_at AS fetchedAt, f.remove_at AS removeAt';
  return session.select<ListingFile>(
    `SELECT m.media_key AS mediaKey, m.media_category AS category, m.\`order\`, ${columns}, 0 AS place FROM media m ` +
      'LEFT JOIN media_file f ON f.media_key = m.media_key WHERE m.resource_record_key = ? AND m.deleted_at IS NULL ' +
      `UNION ALL SELECT f.media_key, NULL, NULL, ${columns}, 1 FROM media_file f ` +
      'LEFT JOIN media m ON m.media_key = f.media_key AND m.deleted_at IS NULL ' +
      'WHERE f.listing_key = ? AND m.media_key IS NULL ' +
      'ORDER BY place, `order` IS NULL, `order`, mediaKey',
    [listing, listing],
  );
}

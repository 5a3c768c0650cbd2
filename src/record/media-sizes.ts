import type { Session } from '../db/pool.ts';
import { type PendingFile, selectFiles } from './media-file.ts';

/** Formats widths as media_file.sizes and sizes_for have them. @param widths in pixels, ascending. */
export function formatSizes(widths: readonly number[]): string {
  return widths.join(',');
}

/** Parses media_file.sizes or sizes_for. */
export function parseSizes(text: string | null): number[] {
  return text === null || text === '' ? [] : text.split(',').map(Number);
}

/** Counts stored files whose smaller versions were made for another MEDIA_SIZES. @param wanted its value. */
export async function countOtherSizes(session: Session, wanted: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    "SELECT COUNT(*) AS n FROM media_file WHERE state = 'stored' AND sizes_for <> ?",
    [wanted],
  );
  return row?.n ?? 0;
}

/** Otherwise MariaDB reads all stored files in the order of download until enough have the value. */
const INDEX = 'FORCE INDEX (state_sizes)';

/** Reads stored files whose smaller versions were made for another MEDIA_SIZES, in the order of download. Reads no others. */
export async function readOtherSizes(
  session: Session,
  wanted: string,
  limit: number,
): Promise<PendingFile[]> {
  // Each value is one range of the index state_sizes, which is in the order of download: nothing is sorted.
  const files: PendingFile[] = [];
  for (const value of await readSizesFor(session)) {
    if (value === wanted || files.length >= limit) continue;
    const part = await session.select<PendingFile>(
      `${selectFiles(INDEX)} WHERE f.state = 'stored' AND f.sizes_for = ? ORDER BY f.download_order ` +
        `LIMIT ${Math.trunc(limit - files.length)}`,
      [value],
    );
    files.push(...part);
  }
  return files;
}

/** Reads the different values of sizes_for, each with one look-up: DISTINCT reads all stored files. */
async function readSizesFor(session: Session): Promise<string[]> {
  const values: string[] = [];
  for (;;) {
    const last = values.at(-1);
    const [row] = await session.select<{ value: string }>(
      `SELECT sizes_for AS value FROM media_file ${INDEX} WHERE state = 'stored' ` +
        `${last === undefined ? '' : 'AND sizes_for > ? '}ORDER BY sizes_for LIMIT 1`,
      last === undefined ? [] : [last],
    );
    if (row === undefined) return values;
    values.push(row.value);
  }
}

/** Reads those of one listing. */
export function readOtherSizesOfListing(
  session: Session,
  wanted: string,
  listing: string,
): Promise<PendingFile[]> {
  return session.select<PendingFile>(
    `${selectFiles()} WHERE f.listing_key = ? AND f.state = 'stored' AND f.sizes_for <> ? ORDER BY f.download_order`,
    [listing, wanted],
  );
}

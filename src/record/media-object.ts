import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

/** Why a file may exist although no row of media_file names it: it is being written, or is to be removed. */
export type ObjectPurpose = 'write' | 'remove';

/** Records paths before their files are written, or with the commit that stops naming them. */
export async function recordObjects(
  session: Session,
  paths: readonly string[],
  purpose: ObjectPurpose,
  by: { readonly run: number; readonly at: string },
): Promise<void> {
  for (const part of chunk(paths, 500)) {
    await session.run(
      `INSERT INTO etl_media_object (store_path, purpose, run_id, created_at) VALUES ${part.map(() => '(?, ?, ?, ?)').join(', ')} ` +
        'ON DUPLICATE KEY UPDATE purpose = VALUES(purpose), run_id = VALUES(run_id), created_at = VALUES(created_at)',
      part.flatMap((path) => [path, purpose, String(by.run), by.at]),
    );
  }
}

/** Reads paths of files that an earlier run may have left. */
export async function readObjects(session: Session, limit: number): Promise<string[]> {
  const rows = await session.select<{ path: string }>(
    `SELECT store_path AS path FROM etl_media_object ORDER BY store_path LIMIT ${Math.trunc(limit)}`,
  );
  return rows.map(({ path }) => path);
}

/** Forgets paths: their files are gone, or a row of media_file names them now. */
export async function forgetObjects(session: Session, paths: readonly string[]): Promise<void> {
  for (const part of chunk(paths, 500)) {
    await session.run(
      `DELETE FROM etl_media_object WHERE store_path IN (${placeholders(part.length)})`,
      part,
    );
  }
}

/** Finds which of these paths are recorded. */
export async function readRecordedPaths(session: Session, paths: readonly string[]): Promise<Set<string>> {
  const recorded = new Set<string>();
  for (const part of chunk(paths, 500)) {
    const rows = await session.select<{ path: string }>(
      `SELECT store_path AS path FROM etl_media_object WHERE store_path IN (${placeholders(part.length)})`,
      part,
    );
    for (const { path } of rows) recorded.add(path);
  }
  return recorded;
}

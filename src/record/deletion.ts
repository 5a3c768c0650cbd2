import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

/** A deletion to log. */
export type Deletion = {
  readonly key: string;
  readonly reason: string;
  /** The stored version. */
  readonly version: string | null;
};

/** Logs deletions. Must be called in the transaction that deletes. */
export async function saveDeletions(
  session: Session,
  run: number,
  resource: string,
  deletions: readonly Deletion[],
  at: string,
  isHard: boolean,
): Promise<void> {
  for (const part of chunk(deletions, 500)) {
    await session.run(
      'INSERT INTO etl_deletion (run_id, resource, record_key, deleted_at, reason, version_timestamp, is_hard) VALUES ' +
        part.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', '),
      part.flatMap(({ key, reason, version }) => [
        String(run),
        resource,
        key,
        at,
        reason,
        version,
        isHard ? '1' : '0',
      ]),
    );
  }
}

export type StoredDeletion = {
  readonly resource: string;
  readonly key: string;
  readonly at: string;
  readonly isHard: number;
};

/** Reads a run's deletions that have not been undone. */
export async function readDeletions(session: Session, run: number): Promise<StoredDeletion[]> {
  return session.select<StoredDeletion>(
    'SELECT resource, record_key AS `key`, deleted_at AS at, is_hard AS isHard FROM etl_deletion ' +
      'WHERE run_id = ? AND undone_at IS NULL ORDER BY resource, record_key',
    [String(run)],
  );
}

export async function markDeletionsUndone(
  session: Session,
  run: number,
  resource: string,
  keys: readonly string[],
  at: string,
): Promise<void> {
  await session.run(
    `UPDATE etl_deletion SET undone_at = ? WHERE run_id = ? AND resource = ? AND record_key IN (${placeholders(keys.length)})`,
    [at, String(run), resource, ...keys],
  );
}

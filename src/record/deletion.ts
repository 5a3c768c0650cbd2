import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

/** What the journal keeps of a deletion. */
export type Deletion = {
  readonly key: string;
  readonly reason: string;
  /** The version that was stored. */
  readonly version: string | null;
};

/** Writes deletions into the journal, in the transaction that makes them. */
export async function journal(
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

export type Journalled = {
  readonly resource: string;
  readonly key: string;
  readonly at: string;
  readonly isHard: number;
};

/** What a run deleted and nobody has taken back yet. */
export async function deletionsOf(session: Session, run: number): Promise<Journalled[]> {
  return session.select<Journalled>(
    'SELECT resource, record_key AS `key`, deleted_at AS at, is_hard AS isHard FROM etl_deletion ' +
      'WHERE run_id = ? AND undone_at IS NULL ORDER BY resource, record_key',
    [String(run)],
  );
}

export async function markUndone(
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

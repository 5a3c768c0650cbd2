import type { Session } from '../db/pool.ts';

/** Keys of payloads that a run committed before their rows. */
export type EarlyKeys = { readonly run: number; readonly keys: readonly string[] };

/** Replaces the keys of the run's previous page, which is committed. Must be called in the transaction that inserts the payloads. */
export async function saveEarlyKeys(
  session: Session,
  resource: string,
  { run, keys }: EarlyKeys,
): Promise<void> {
  await session.run(
    'INSERT INTO etl_early_payload (resource, run_id, record_keys) VALUES (?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE record_keys = VALUES(record_keys)',
    [resource, String(run), JSON.stringify(keys)],
  );
}

/** Reads the keys of the oldest run that has some; undefined if none has. */
export async function readEarlyKeys(session: Session, resource: string): Promise<EarlyKeys | undefined> {
  const [row] = await session.select<{ run: number; keys: string }>(
    'SELECT run_id AS run, record_keys AS `keys` FROM etl_early_payload WHERE resource = ? ORDER BY run_id LIMIT 1',
    [resource],
  );
  return row === undefined ? undefined : { run: row.run, keys: JSON.parse(row.keys) as string[] };
}

/** Deletes the entry of a run: none of its payloads is without a row any more. */
export async function forgetEarlyKeys(session: Session, resource: string, run: number): Promise<void> {
  await session.run('DELETE FROM etl_early_payload WHERE resource = ? AND run_id = ?', [
    resource,
    String(run),
  ]);
}

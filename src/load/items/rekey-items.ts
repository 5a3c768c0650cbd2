import type { Session } from '../../db/pool.ts';
import type { ItemScope } from './item-rows.ts';
import type { StoredItem } from './stored-items.ts';

/** A record whose identity is another one with the present mapping. */
export type Rekey = { readonly from: string; readonly to: string };

/**
 * Gives a record and its item another key. If another record has it, that one stays: the former record keeps its key and gets an
 * error, and its item is marked as deleted.
 * @param taken what is stored with the new key.
 */
export async function rekeyItem(
  session: Session,
  { type, name, at, run }: ItemScope,
  { from, to }: Rekey,
  taken: StoredItem | undefined,
): Promise<void> {
  await session.run(
    taken?.raw === undefined
      ? 'UPDATE raw_data SET external_id = ? WHERE source_name = ? AND external_id = ?'
      : 'UPDATE raw_data SET processed = 0, error = ? WHERE source_name = ? AND external_id = ?',
    [taken?.raw === undefined ? to : `another record has the id ${to}`, name, from],
  );
  const where = 'WHERE source_type = ? AND source_name = ? AND external_id = ?';
  if (taken?.item === undefined)
    await session.run(`UPDATE unified_items SET external_id = ?, updated_at = ?, run_id = ? ${where}`, [
      to,
      at,
      String(run),
      type,
      name,
      from,
    ]);
  else
    await session.run(
      `UPDATE unified_items SET deleted_at = ?, updated_at = ?, run_id = ? ${where} AND deleted_at IS NULL`,
      [at, at, String(run), type, name, from],
    );
}

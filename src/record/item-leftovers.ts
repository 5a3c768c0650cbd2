import type { Session } from '../db/pool.ts';
import { MOVING_KEY } from '../model/item.ts';
import { otherTypes } from './item.ts';

/** What earlier runs left of a source that the next one must see to. */
export type ItemLeftovers = {
  /** Items that are not deleted, and are of another type. */
  readonly hasOtherType: boolean;
  /** Records on the way from one key to another: the process that gave them new ones was killed. */
  readonly hasInterruptedRekey: boolean;
  /** Stored records that could not become items. */
  readonly hasUnprocessed: boolean;
};

/** Begins the error of a record whose key another record has; such a record keeps the key of its way. */
const DISPLACED = 'another record has the id ';

/** Of the hash in the key of a record on its way. */
const HASH_DIGITS = 32;

/** Reads it in one statement: most runs of a feed find nothing new, and consist of little else. */
export async function readLeftovers(session: Session, source: string, type: string): Promise<ItemLeftovers> {
  const [row] = await session.select<Record<'other' | 'rekey' | 'unprocessed', number>>(
    'SELECT EXISTS (SELECT 1 FROM unified_items WHERE source_type IN (?, ?) AND source_name = ? AND deleted_at IS NULL) AS other, ' +
      'EXISTS (SELECT 1 FROM raw_data WHERE source_name = ? AND external_id LIKE ? ' +
      'AND (processed = 1 OR error IS NULL OR error NOT LIKE ?)) AS rekey, ' +
      'EXISTS (SELECT 1 FROM raw_data WHERE processed = 0 AND source_name = ?) AS unprocessed',
    [...otherTypes(type), source, source, `${MOVING_KEY}${'_'.repeat(HASH_DIGITS)}`, `${DISPLACED}%`, source],
  );
  const { other, rekey, unprocessed } = row ?? { other: 0, rekey: 0, unprocessed: 0 };
  return { hasOtherType: other === 1, hasInterruptedRekey: rekey === 1, hasUnprocessed: unprocessed === 1 };
}

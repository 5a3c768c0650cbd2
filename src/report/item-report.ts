import type { StoredItemRow } from '../record/item.ts';
import type { Json } from '../sources/items.ts';

/** What is known of one item. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type ItemReport = {
  readonly source: string;
  readonly type: string;
  /** As the user wrote it. */
  readonly id: string;
  /** Null if no record is stored. */
  readonly record: {
    readonly payload: Json;
    readonly isItem: boolean;
    readonly error: string | null;
    /** The times that its result was stored. */
    readonly attempts: number;
    readonly readAt: string;
    readonly mappedAt: string | null;
    readonly run: number;
  } | null;
  readonly item: StoredItemRow | null;
  /** What the present mapping makes of a record that is not an item; null for others. */
  readonly now: { readonly isItem: boolean; readonly error: string | null } | null;
  /** Whether stored items have the present mapping of sources.yaml; null if nothing is stored. */
  readonly mapping: 'present' | 'former' | null;
  /** Ids of stored records that are next to an unknown id. */
  readonly near: readonly string[];
};

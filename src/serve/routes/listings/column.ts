import type { Column } from '../../list/column.ts';

/** A column of listings. */
export type ListingColumn = Column & {
  /** Null if the listing hides its address. */
  readonly isAddress?: true;
};

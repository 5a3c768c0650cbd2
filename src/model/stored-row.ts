/** A stored row, with the payload that it was made from. */
export type StoredRow = {
  readonly key: string;
  readonly hash: string;
  /** Null if none is stored. */
  readonly payload: string | null;
  /** One per field of the dataset, in its order; null also for fields that were not read. */
  readonly values: readonly (string | null)[];
};

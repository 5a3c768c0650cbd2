/** A row as the tables hold it, beside the payload that it was made from. */
export type StoredRow = {
  readonly key: string;
  readonly hash: string;
  /** Null: none is kept. */
  readonly payload: string | null;
  /** One a field of the resource, in its order; null also for those that were not read. */
  readonly values: readonly (string | null)[];
};

import type { Dataset } from '../dataset/dataset.ts';

/** A dataset, limited to what its source has of it. */
export type Coverage = {
  /** Requests nothing that the source lacks. */
  readonly dataset: Dataset;
  /** Fields that were to be requested by name. */
  readonly omittedFields: readonly string[];
  /** Fields of the user's own columns that the source does not know, if none are requested by name. */
  readonly unknownFields: readonly string[];
  /** Why it cannot be read at all. */
  readonly unavailable?: string;
};

/** For a source whose schema is not known. */
export function assumeFullCoverage(dataset: Dataset): Coverage {
  return { dataset, omittedFields: [], unknownFields: [] };
}

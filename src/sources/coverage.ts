import type { Dataset } from '../dataset/dataset.ts';

/** A dataset, limited to what its source covers. */
export type Coverage = {
  /** Requests only fields that the source has. */
  readonly dataset: Dataset;
  /** Fields to be requested by name that the source does not have. */
  readonly omittedFields: readonly string[];
  /** Fields of the user's own columns that the source does not know, if no fields are requested by name. */
  readonly unknownFields: readonly string[];
  /** The source's field with nearly the same name, for omitted and unknown fields that have one. */
  readonly nearestFields?: Readonly<Record<string, string>>;
  /** Why the dataset cannot be read; undefined if it can. */
  readonly unavailable?: string;
};

/** For a source whose schema is not known. */
export function assumeFullCoverage(dataset: Dataset): Coverage {
  return { dataset, omittedFields: [], unknownFields: [] };
}

/** Lists fields that the source does not have: `Applianses (did you mean Appliances?), X_Own`. */
export function formatMissing(names: readonly string[], nearest: Coverage['nearestFields'] = {}): string {
  return names
    .map((name) => (Object.hasOwn(nearest, name) ? `${name} (did you mean ${nearest[name]}?)` : name))
    .join(', ');
}

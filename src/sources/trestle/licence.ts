import type { Dataset } from '../../dataset/dataset.ts';
import { type FeedSchema, type FeedSet, findSet, hasField } from '../../dataset/feed-schema.ts';
import {
  hasParentVersion,
  parentFields,
  photoFields,
  selectOf,
  timeFields,
  withSelect,
  withoutPhotos,
} from '../../dataset/reading.ts';
import { findNearest } from '../../lib/edit-distance.ts';
import { assumeFullCoverage, type Coverage } from '../coverage.ts';

/** The other datasets depend on listings. */
export const REQUIRED_DATASETS: ReadonlySet<string> = new Set(['Property']);

/** Limits a dataset to the fields in the feed's schema. */
export function limitToLicence(dataset: Dataset, schema: FeedSchema): Coverage {
  const set = findSet(schema, dataset.name);
  if (set === undefined) {
    return { ...assumeFullCoverage(dataset), unavailable: `the feed's $metadata has no ${dataset.name}` };
  }
  const missing = requiredFieldsOf(dataset).filter((name) => !hasField(set, name));
  if (missing.length > 0) {
    const reason = `the feed's $metadata has no ${missing.join(', ')} in ${dataset.name}`;
    return { ...assumeFullCoverage(dataset), unavailable: reason };
  }
  const photos = photoFields(dataset);
  const select = selectOf(dataset);
  const hasPhotoFields = photos !== undefined && hasField(set, photos.changed) && hasField(set, photos.count);
  const covered = hasPhotoFields ? dataset : withoutPhotos(dataset);
  const missingIn = (names: readonly string[]): string[] => names.filter((name) => !hasField(set, name));
  const omittedFields = missingIn(select ?? []);
  const unknownFields = select === undefined ? missingIn(Object.keys(dataset.added ?? {})) : [];
  return {
    dataset: withSelect(
      covered,
      select?.filter((name) => hasField(set, name)),
    ),
    omittedFields,
    unknownFields,
    nearestFields: findNearestFields([...omittedFields, ...unknownFields], set),
  };
}

/** A field that the licence lacks differs from all others by more than a slip. */
function findNearestFields(names: readonly string[], set: FeedSet): Record<string, string> {
  const known = Object.keys(set.fields);
  return Object.fromEntries(
    names.flatMap((name) => {
      const nearest = findNearest(name, known);
      return nearest === undefined ? [] : [[name, nearest]];
    }),
  );
}

/** Fields without which records cannot be requested or identified. */
function requiredFieldsOf(dataset: Dataset): string[] {
  const times = hasParentVersion(dataset) ? [] : timeFields(dataset);
  return [...new Set([dataset.key, ...times, ...parentFields(dataset)])];
}

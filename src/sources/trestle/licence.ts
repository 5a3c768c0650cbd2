import type { Dataset } from '../../dataset/dataset.ts';
import { type FeedSchema, hasField, findSet } from '../../dataset/feed-schema.ts';
import {
  hasParentVersion,
  parentFields,
  photoFields,
  selectOf,
  timeFields,
  withSelect,
  withoutPhotos,
} from '../../dataset/reading.ts';
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
    const lacks = `the feed's $metadata has no ${missing.join(', ')} of ${dataset.name}`;
    return { ...assumeFullCoverage(dataset), unavailable: lacks };
  }
  const photos = photoFields(dataset);
  const select = selectOf(dataset);
  const isWhole = photos !== undefined && hasField(set, photos.changed) && hasField(set, photos.count);
  const covered = isWhole ? dataset : withoutPhotos(dataset);
  return {
    dataset: withSelect(
      covered,
      select?.filter((name) => hasField(set, name)),
    ),
    omittedFields: (select ?? []).filter((name) => !hasField(set, name)),
    unknownFields:
      select === undefined ? Object.keys(dataset.added ?? {}).filter((name) => !hasField(set, name)) : [],
  };
}

/** Fields that are needed to request records and to distinguish them. */
function requiredFieldsOf(dataset: Dataset): string[] {
  const times = hasParentVersion(dataset) ? [] : timeFields(dataset);
  return [...new Set([dataset.key, ...times, ...parentFields(dataset)])];
}

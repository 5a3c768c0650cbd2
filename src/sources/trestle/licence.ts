import type { Dataset } from '../../dataset/dataset.ts';
import { type FeedSchema, hasField, setOf } from '../../dataset/feed-schema.ts';
import {
  hasParentVersion,
  parentFields,
  photoFields,
  selectOf,
  timeFields,
  withSelect,
  withoutPhotos,
} from '../../dataset/reading.ts';
import { asDescribed, type Coverage } from '../coverage.ts';

/** Without listings nothing else is of use. */
export const REQUIRED: ReadonlySet<string> = new Set(['Property']);

/** The resource as far as a feed's schema has it. */
export function withinLicence(resource: Dataset, schema: FeedSchema): Coverage {
  const set = setOf(schema, resource.name);
  if (set === undefined) {
    return { ...asDescribed(resource), lacks: `the feed's $metadata has no ${resource.name}` };
  }
  const missing = neededOf(resource).filter((name) => !hasField(set, name));
  if (missing.length > 0) {
    const lacks = `the feed's $metadata has no ${missing.join(', ')} of ${resource.name}`;
    return { ...asDescribed(resource), lacks };
  }
  const photos = photoFields(resource);
  const select = selectOf(resource);
  const isWhole = photos !== undefined && hasField(set, photos.changed) && hasField(set, photos.count);
  const covered = isWhole ? resource : withoutPhotos(resource);
  return {
    resource: withSelect(
      covered,
      select?.filter((name) => hasField(set, name)),
    ),
    leftOut: (select ?? []).filter((name) => !hasField(set, name)),
    unknown:
      select === undefined ? Object.keys(resource.added ?? {}).filter((name) => !hasField(set, name)) : [],
  };
}

/** Without these no request can be made, or no record be told from another. */
function neededOf(resource: Dataset): string[] {
  const times = hasParentVersion(resource) ? [] : timeFields(resource);
  return [...new Set([resource.key, ...times, ...parentFields(resource)])];
}

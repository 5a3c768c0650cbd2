import type { Dataset } from '../../dataset/dataset.ts';
import type { FeedSchema, FeedSet } from '../../dataset/feed-schema.ts';

/** What of a resource the licence has. */
export type Licensed = {
  /** Asks for nothing that the licence lacks. */
  readonly resource: Dataset;
  /** Fields that were to be asked for by name. */
  readonly leftOut: readonly string[];
  /** Fields of the user's own columns that the feed does not know, where none are asked for by name. */
  readonly unknown: readonly string[];
  /** Why it can't be followed at all. */
  readonly lacks?: string;
};

/** Where nothing is known of the licence. */
export function asDescribed(resource: Dataset): Licensed {
  return { resource, leftOut: [], unknown: [] };
}

/** The resource as far as a feed's schema has it. */
export function withinLicence(resource: Dataset, schema: FeedSchema): Licensed {
  const set = setOf(schema, resource.name);
  if (set === undefined) {
    return { ...asDescribed(resource), lacks: `the feed's $metadata has no ${resource.name}` };
  }
  const missing = neededOf(resource).filter((name) => !hasField(set, name));
  if (missing.length > 0) {
    const lacks = `the feed's $metadata has no ${missing.join(', ')} of ${resource.name}`;
    return { ...asDescribed(resource), lacks };
  }
  const { photos, select, ...rest } = resource;
  const isWhole = photos !== undefined && hasField(set, photos.changed) && hasField(set, photos.count);
  return {
    resource: {
      ...rest,
      ...(isWhole ? { photos } : {}),
      ...(select === undefined ? {} : { select: select.filter((name) => hasField(set, name)) }),
    },
    leftOut: (select ?? []).filter((name) => !hasField(set, name)),
    unknown:
      select === undefined ? Object.keys(resource.added ?? {}).filter((name) => !hasField(set, name)) : [],
  };
}

/** Without these no request can be made, or no record be told from another. */
function neededOf({ key, version, cursor, parent, isTimeless }: Dataset): string[] {
  const times = isTimeless === true ? [] : [version, cursor];
  return [...new Set([key, ...times, ...(parent === undefined ? [] : [parent.field])])];
}

/** A name may be one that every object has. */
export function setOf(schema: FeedSchema, name: string): FeedSet | undefined {
  return Object.hasOwn(schema.sets, name) ? schema.sets[name] : undefined;
}

export function hasField(set: FeedSet, name: string): boolean {
  return Object.hasOwn(set.fields, name);
}

import type { Reason } from '../model.ts';
import type { ListingHere } from '../record/listing.ts';
import type { Upstream } from '../run/upstream.ts';

export type Why = {
  readonly key: string;
  readonly here: ListingHere | undefined;
  readonly quarantined: readonly Reason[];
  /** Undefined where the feed was not asked. */
  readonly upstream: Upstream | undefined;
};

export function describeWhy(why: Why): string {
  return [
    `listing ${why.key}`,
    ...here(why.here),
    ...why.quarantined.map(
      ({ field, rule, value }) => `  quarantined: ${field || 'record'} ${rule}: ${value}`,
    ),
    ...(why.upstream === undefined ? ['  feed: not asked (--offline)'] : feed(why.upstream)),
  ].join('\n');
}

function here(listing: ListingHere | undefined): string[] {
  if (listing === undefined) return ['  here: no row'];
  const run = listing.runMode === null ? '' : `, a ${listing.runMode} of ${listing.runStart} UTC`;
  return [
    `  here: ${listing.status ?? 'no status'}, price ${listing.price ?? 'none'}, ${listing.city ?? 'no city'}`,
    `  version: ${listing.version} UTC, written ${listing.updatedAt} by run ${listing.run}${run}`,
    `  payload: ${listing.hasPayload === 1 ? 'kept' : 'not kept (PAYLOAD=off)'}`,
    ...(listing.deletedAt === null
      ? []
      : [
          `  deleted: ${listing.deletedAt} UTC, ${listing.deletedBecause ?? 'by hand: the journal does not know it'}`,
        ]),
    `  media: ${listing.media} here, the feed counted ${listing.photosCount ?? 'none'}; ${mediaState(listing)}`,
  ];
}

function mediaState(listing: ListingHere): string {
  if (listing.mediaRetryAt !== null) {
    return `the feed sent none although it counts some: asked again after ${listing.mediaRetryAt} UTC`;
  }
  if (listing.mediaDue === 1) return 'due: the next sync fetches them';
  return listing.mediaFetchedAt === null ? 'nothing to fetch' : `fetched ${listing.mediaFetchedAt} UTC`;
}

const NEXT: Readonly<Record<Upstream['state'], string>> = {
  same: 'has this version: the next sync leaves the row as it is',
  newer: 'has another version: the next sync writes it, if it lies behind the watermark; else reconcile does',
  older: 'has an older version: the row stays as it is',
  missing: 'has it, and it is not here: the next sync or reconcile loads it',
  rejected: "has it, but it can't be a row: it goes to quarantine",
  absent: 'does not have it, or the filter leaves it out: reconcile marks the row as deleted',
};

function feed({ state, version, reasons }: Upstream): string[] {
  return [
    `  feed: ${NEXT[state]}${version === null ? '' : ` (version ${version} UTC)`}`,
    ...reasons.map(({ field, rule, value }) => `    ${field || 'record'} ${rule}: ${value}`),
  ];
}

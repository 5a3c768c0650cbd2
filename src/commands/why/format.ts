import type { StoredListing } from '../../record/listing.ts';
import type { RecordReport } from '../../report/record-report.ts';
import type { FeedComparison } from '../../run/repair/compare-with-feed.ts';
import { describeIssue } from '../shared/field-issue.ts';
import { describeFiles } from './format-files.ts';
import { describeParcel } from './format-parcel.ts';

export type Why = RecordReport & {
  /** Undefined if the feed was not asked. */
  readonly upstream: FeedComparison | undefined;
};

export function describeWhy(why: Why): string {
  return [
    `${why.resource === 'Property' ? 'listing' : why.resource} ${why.key}`,
    ...here(why.here),
    ...why.quarantined.map(
      ({ field, rule, value }) => `  quarantined: ${field || 'record'} ${rule}: ${value}`,
    ),
    ...why.fields.map((issue) => `  field ${issue.field} ${describeIssue(issue)}`),
    ...(why.parcels ?? []).flatMap(describeParcel),
    ...(why.files === undefined ? [] : describeFiles(why.files)),
    ...(why.upstream === undefined
      ? ['  feed: not asked (--offline)']
      : describeFeed(why.upstream, why.here)),
  ].join('\n');
}

function here(record: Why['here']): string[] {
  if (record === undefined) return ['  stored: no row'];
  const run = record.runMode === null ? '' : `, a ${record.runMode} of ${record.runStart} UTC`;
  const isListing = record.media !== undefined;
  return [
    isListing
      ? `  stored: ${record.status ?? 'no status'}, price ${record.price ?? 'none'}, ${record.city ?? 'no city'}`
      : '  stored: a row',
    `  version: ${record.version} UTC, written ${record.updatedAt} by run ${record.run}${run}`,
    `  payload: ${record.hasPayload === 1 ? 'stored' : 'not stored (PAYLOAD=off)'}`,
    ...(record.deletedAt === null
      ? []
      : [
          `  deleted: ${record.deletedAt} UTC, ${record.deletedBecause ?? 'by hand: it is not in the deletion log'}`,
        ]),
    ...(isListing
      ? [
          `  media: ${record.media} stored, the feed counted ${record.photosCount ?? 'none'}; ${describeMedia(record)}`,
        ]
      : []),
  ];
}

function describeMedia({
  mediaRetryAt = null,
  mediaDue,
  mediaFetchedAt = null,
  mediaQuarantined = 0,
}: Partial<StoredListing>): string {
  const held =
    mediaQuarantined === 0 ? '' : `, ${mediaQuarantined} in quarantine (trestle-etl quarantine list)`;
  if (mediaRetryAt !== null) {
    const why =
      mediaQuarantined === 0 ? 'the feed sent none although it counts some' : `left unchanged${held}`;
    return `${why}: requested again after ${mediaRetryAt} UTC`;
  }
  if (mediaDue === 1) return `due: the next sync fetches them${held}`;
  return mediaFetchedAt === null ? 'nothing to fetch' : `fetched ${mediaFetchedAt} UTC${held}`;
}

const NEXT: Readonly<Record<FeedComparison['state'], string>> = {
  same: 'has this version: the next sync leaves the row as it is',
  newer:
    'has a newer version, or other content; the row is stale: the next sync writes it if it reads that far back, otherwise reconcile does',
  older: 'has an older version; the row is stale: the next reconcile writes it',
  missing: 'has it, and it is not stored: the next sync or reconcile loads it',
  rejected: 'has it, but it cannot be a row: it goes to quarantine',
  absent: 'does not have it, or the filter leaves it out: reconcile marks the row as deleted',
};

function describeFeed({ state, version, reasons }: FeedComparison, known: Why['here']): string[] {
  const isGone = state === 'absent' && (known === undefined || known.deletedAt !== null);
  return [
    `  feed: ${isGone ? 'does not have it, or the filter leaves it out' : NEXT[state]}${version === null ? '' : ` (version ${version} UTC)`}`,
    ...reasons.map(({ field, rule, value }) => `    ${field || 'record'} ${rule}: ${value}`),
  ];
}

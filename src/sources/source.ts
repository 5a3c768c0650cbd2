import type { Dataset } from '../dataset/dataset.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';
import { UsageError } from '../errors.ts';
import type { QuotaLeft } from '../http/quota-left.ts';
import type { Cursor } from '../model/cursor.ts';
import type { Page } from '../model/page.ts';
import type { Coverage } from './coverage.ts';
import type { ItemsLoader } from './items.ts';
import type { ReleaseLoader } from './release.ts';

/** Where to start, and which records to read. */
export type ReadOptions = {
  /** Undefined: from the start of the feed. */
  readonly cursor: Cursor | undefined;
  /** Request the number of all records with the first page. */
  readonly count?: boolean;
  /** A filter in the feed's language, in addition to the user's own. */
  readonly filter?: string;
  /** Requests child records with the records; a source that cannot ignores it. */
  readonly expansion?: Expansion;
};

/** Decides for each page which child records are requested with it. */
export type Expansion = {
  /** Called before each page. Undefined: no child records, and full pages. */
  next(): ExpansionRequest | undefined;
  /** Called after each page that was answered with the child records. */
  answered(cost: PageCost): void;
  /** Called if such a page could not be read. @returns whether it is requested again, as `next` decides then. */
  failed(error: unknown): boolean;
};

export type ExpansionRequest = {
  readonly datasets: readonly Dataset[];
  /** Records to request. */
  readonly top: number;
  /** Retries of the request; the user's setting unless set. */
  readonly retries?: number;
};

/** What a page with child records took. */
export type PageCost = {
  readonly records: number;
  /** Of the decompressed answer. */
  readonly bytes: number;
  /** Without waits for the quota. */
  readonly ms: number;
};

/** A page that may have come with child records. */
export type ReadPage = Page & {
  /**
   * Reads the child records of some of the page's records, which are known by their keys; undefined if the page was requested
   * without them.
   */
  readonly children?: (dataset: Dataset, parents: readonly string[]) => Promise<Page>;
};

/**
 * Something that can be read. The type is small, so that a new kind of source is one folder. What only some sources can
 * do is an optional capability; a command that needs one calls `requireCapability`.
 */
export type Source = Capabilities & {
  /** Its name in settings, tables and logs: `trestle`. */
  readonly id: string;
  /**
   * Reads every record of a dataset after the cursor, in batches; in the order of (timestamp, key) if it is incremental.
   * Ends at the source's end, which may have moved while reading. Throws a request's error after its retries, and the
   * signal's reason on an abort.
   */
  read(dataset: Dataset, options: ReadOptions, signal: AbortSignal): AsyncIterable<ReadPage>;
  /** The source's time, in milliseconds since the epoch; this machine's time until the source has answered. */
  now(): number;
  /** Requests sent so far, retries included. */
  requests(): number;
};

/** What only some sources can do. */
export type Capabilities = {
  /** Reads every record that belongs to one of these parents. */
  readonly children?: (
    dataset: Dataset,
    parents: readonly string[],
    signal: AbortSignal,
  ) => AsyncIterable<Page>;
  readonly keys?: Keys;
  /**
   * Reads the index fields of records whose photos changed since the cursor, ordered by the time of that change, which
   * the cursor holds. Applies the user's filter. @throws QueryRefusedError if the feed cannot filter or order by that time.
   */
  readonly changedPhotos?: (
    dataset: Dataset,
    from: Cursor,
    signal: AbortSignal,
  ) => AsyncIterable<ChangedPhotosPage>;
  /** Reads whole releases. Such a source has no datasets: it reads tables. */
  readonly release?: ReleaseLoader;
  /** Reads records that become items. Such a source has no datasets. */
  readonly items?: ItemsLoader;
  readonly schema?: SchemaReader;
  /** The remaining quota that the source last reported, for display. */
  readonly quota?: () => QuotaLeft | undefined;
  /**
   * Reads every record, in no order: pages carry no cursor. Ends early, without an error, if the source's own cursor
   * expires: then `complete` of the last item is false.
   */
  readonly replicate?: (
    dataset: Dataset,
    signal: AbortSignal,
  ) => AsyncIterable<Page & { readonly complete: boolean }>;
};

/** Reads the source's schema, and limits datasets to it. */
export type SchemaReader = {
  /** Takes one request. */
  read(signal: AbortSignal): Promise<FeedSchema>;
  /** Limits a dataset to what the schema has. */
  cover(dataset: Dataset, schema: FeedSchema): Coverage;
  /** Names of datasets that the others depend on: a run that is not allowed to read them fails. */
  readonly required: ReadonlySet<string>;
};

/** Reads records by key, and keys without records. */
export type Keys = {
  /**
   * Reads the keys of all records that match the user's filter, ordered by key and starting after `after`. Pages are as
   * large as the feed allows for keys alone.
   */
  census(dataset: Dataset, after: string | undefined, signal: AbortSignal): AsyncIterable<CensusPage>;
  /** Counts the records that match the user's filter now: in a window of the cursor field, or all of them. */
  count(dataset: Dataset, signal: AbortSignal, window?: TimeWindow): Promise<number>;
  /** Reads the keys of the records in a window. */
  within(dataset: Dataset, window: TimeWindow, signal: AbortSignal): AsyncIterable<CensusPage>;
  /** Reads the records with these keys that match the user's filter. */
  records(dataset: Dataset, keys: readonly string[], signal: AbortSignal): AsyncIterable<Page>;
  /** Finds which of these keys the feed has: among the records that match the user's filter, or among all. */
  present(
    dataset: Dataset,
    keys: readonly string[],
    scope: 'filtered' | 'all',
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
};

const CAPABILITY_NAMES: Readonly<Record<keyof Capabilities, string>> = {
  children: 'records by parent',
  keys: 'key census',
  changedPhotos: 'index of photo changes',
  release: 'releases',
  items: 'items',
  schema: 'schema',
  quota: 'quota',
  replicate: 'replication',
};

/**
 * Returns a capability that the caller depends on.
 * @param op the command or step that needs it, for the message.
 * @throws UsageError if the source lacks it: `verify: hcad has no key census`.
 */
export function requireCapability<Name extends keyof Capabilities>(
  source: Source,
  name: Name,
  op: string,
): NonNullable<Capabilities[Name]> {
  const found = source[name];
  if (found !== undefined) return found;
  throw new UsageError(`${op}: ${source.id} has no ${CAPABILITY_NAMES[name]}`, {
    op,
    hint: 'docs/development.md lists what each source can do',
  });
}

/** From one instant (inclusive) to another (exclusive); ISO 8601. Unbounded on a side that is undefined. */
export type TimeWindow = { readonly from: string | undefined; readonly to: string | undefined };

/** Keys and versions, without the records. */
export type CensusPage = {
  readonly entries: readonly CensusEntry[];
  /** Number of records without a usable key; the feed's count includes them. */
  readonly withoutKey: number;
  /** Number of all records, with the first page only. */
  readonly count: number | undefined;
};

/** The cursor holds the time at which photos changed; undefined if the page does not move it. */
export type ChangedPhotosPage = CensusPage & { readonly cursor: Cursor | undefined };

/** Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC, or null if the feed's value is not a valid time. */
export type CensusEntry = {
  readonly key: string;
  readonly version: string | null;
  /** Also null if the dataset has no photo fields. */
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

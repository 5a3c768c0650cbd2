import type { Dataset } from '../dataset/dataset.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';
import { UsageError } from '../errors.ts';
import type { Cursor } from '../model/cursor.ts';
import type { Page } from '../model/page.ts';
import type { Coverage } from './coverage.ts';

/** Where to start, and what is wanted besides the records. */
export type ReadOptions = {
  /** Undefined: from the beginning of the feed. */
  readonly cursor: Cursor | undefined;
  /** Ask with the first page how many records there are. */
  readonly count?: boolean;
  /** What the records have to match, beside the user's own filter; in the feed's language. */
  readonly filter?: string;
};

/**
 * Something that can be read. Small, so that a new kind of source is one folder: what only some sources can do is an
 * optional capability, and a command that needs it asks with `capability`.
 */
export type Source = Capabilities & {
  /** Its name in settings, tables and logs: `trestle`. */
  readonly id: string;
  /**
   * Every record of a dataset from the cursor on, in batches, in the order of (timestamp, key) if it is incremental, to the
   * source's end at the time it is reached. Errors of a request surface after its retries; an abort surfaces as the
   * signal's reason.
   */
  read(dataset: Dataset, options: ReadOptions, signal: AbortSignal): AsyncIterable<Page>;
  /** The source's own time, in milliseconds since the epoch; ours until it has answered. */
  now(): number;
  /** Requests sent so far, retries included. */
  requests(): number;
};

/** What only some sources can do. */
export type Capabilities = {
  /** Every record that belongs to one of these parents. */
  readonly children?: (
    dataset: Dataset,
    parents: readonly string[],
    signal: AbortSignal,
  ) => AsyncIterable<Page>;
  readonly keys?: Keys;
  /**
   * Index fields of the records whose photos changed from the cursor on, in the order of that time; the cursor holds it.
   * Within the user's filter. @throws QueryRefusedError if the feed cannot filter or order by it.
   */
  readonly changedPhotos?: (
    dataset: Dataset,
    from: Cursor,
    signal: AbortSignal,
  ) => AsyncIterable<ChangedPhotosPage>;
  readonly schema?: SchemaReader;
  /** What the source last reported as left, for people. */
  readonly quota?: () => QuotaLeft | undefined;
  /**
   * Every record, in no order: pages carry no cursor. Ends early, without an error, if the source's cursor died: then
   * `complete` of the last item is false.
   */
  readonly replicate?: (
    dataset: Dataset,
    signal: AbortSignal,
  ) => AsyncIterable<Page & { readonly complete: boolean }>;
};

/** What the source reports about its own fields, and what of a dataset they cover. */
export type SchemaReader = {
  /** One request. */
  read(signal: AbortSignal): Promise<FeedSchema>;
  /** A dataset, limited to what the schema has. */
  cover(dataset: Dataset, schema: FeedSchema): Coverage;
  /** Names of datasets without which the others are of no use: a run that may not read them fails. */
  readonly required: ReadonlySet<string>;
};

/** Records by key, and keys without records. */
export type Keys = {
  /**
   * The keys of all records that match the user's filter, in the order of the key, from after a key on. Pages are as
   * large as the feed allows for keys alone.
   */
  census(dataset: Dataset, after: string | undefined, signal: AbortSignal): AsyncIterable<CensusPage>;
  /** How many records match the user's filter now, in a window of the cursor field or at all. */
  count(dataset: Dataset, signal: AbortSignal, window?: TimeWindow): Promise<number>;
  /** The keys of those in a window. */
  within(dataset: Dataset, window: TimeWindow, signal: AbortSignal): AsyncIterable<CensusPage>;
  /** The records of these keys that match the user's filter. */
  records(dataset: Dataset, keys: readonly string[], signal: AbortSignal): AsyncIterable<Page>;
  /** Which of these keys the feed has, within the user's filter or at all. */
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
  schema: 'schema of its own',
  quota: 'quota',
  replicate: 'replication',
};

/**
 * A capability that the caller cannot do without.
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

/** From an instant on, up to but without another one; ISO 8601. Open where undefined. */
export type TimeWindow = { readonly from: string | undefined; readonly to: string | undefined };

/** Keys and versions, without the records. */
export type CensusPage = {
  readonly entries: readonly CensusEntry[];
  /** Records without a key that can be used: counted by the feed all the same. */
  readonly withoutKey: number;
  /** How many there are in all, said with the first page. */
  readonly count: number | undefined;
};

/** The cursor is that of the time at which photos changed; undefined if the page does not move it. */
export type ChangedPhotosPage = CensusPage & { readonly cursor: Cursor | undefined };

/** Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC, or null where the feed's can't be read. */
export type CensusEntry = {
  readonly key: string;
  readonly version: string | null;
  /** Null too where the resource has none. */
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

export type QuotaLeft = {
  readonly minute: { readonly limit: number | undefined; readonly left: number | undefined };
  readonly hour: {
    readonly limit: number | undefined;
    readonly left: number | undefined;
    readonly resetAt: number | undefined;
  };
};

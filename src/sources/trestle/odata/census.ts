import { ConfigError, FatalError, UnavailableError } from '../../../errors.ts';
import { instantToSql } from '../../../lib/time.ts';
import { MAX_KEY_LENGTH, type Dataset } from '../../../dataset/dataset.ts';
import type { Page } from '../../../model/page.ts';
import type { CensusPage, TimeWindow } from '../../source.ts';
import { readKeyPages, type KeyQuery } from './key-pages.ts';
import type { Feed } from './feed.ts';
import { joinFilters, buildInFilter, buildQueryUrl, buildWindowFilter } from './query.ts';
import { isUsableKey } from './records.ts';
import { tryParse } from './try-parse.ts';
import { hasParentVersion, photoFields, versionField } from '../../../dataset/reading.ts';

/** The largest `$top` if only index fields are selected (Trestle's documentation). */
const MAX_KEYS = 300_000;

const MAX_PART_ENTRIES = 10_000;

/** Reads keys and versions of all records that match the user's filter. */
export function readCensus(
  feed: Feed,
  dataset: Dataset,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<CensusPage> {
  return readKeys(feed, dataset, { after }, signal);
}

/** The same for a window. */
export function readKeysInWindow(
  feed: Feed,
  dataset: Dataset,
  window: TimeWindow,
  signal: AbortSignal,
): AsyncGenerator<CensusPage> {
  return readKeys(feed, dataset, { filter: buildWindowFilter(dataset, window) }, signal);
}

/** Requests the largest pages; if the server refuses them, pages of the ordinary size. */
async function* readKeys(
  feed: Feed,
  dataset: Dataset,
  query: Omit<KeyQuery, 'top' | 'select'>,
  signal: AbortSignal,
): AsyncGenerator<CensusPage> {
  const photos = photoFields(dataset);
  const select = [
    dataset.key,
    ...(hasParentVersion(dataset) ? [] : [versionField(dataset)]),
    ...(photos === undefined ? [] : [photos.changed, photos.count]),
  ];
  let hasStarted = false;
  try {
    for await (const page of readKeyPages(
      feed,
      dataset,
      { ...query, kind: 'census', select, top: MAX_KEYS },
      signal,
    )) {
      hasStarted = true;
      yield toCensusPage(dataset, page);
    }
  } catch (error) {
    if (hasStarted || !(error instanceof ConfigError)) throw error;
    for await (const page of readKeyPages(
      feed,
      dataset,
      { ...query, kind: 'census', select, top: feed.pageSize },
      signal,
    )) {
      yield toCensusPage(dataset, page);
    }
  }
}

/** Requests the number alone: `$top=0&$count=true`. */
export async function countRecords(
  feed: Feed,
  dataset: Dataset,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<number> {
  const url = buildQueryUrl(feed.base, dataset.name, {
    filter: joinFilters(buildWindowFilter(dataset, window), feed.filters[dataset.name]),
    top: 0,
    count: true,
  });
  const { count } = await feed.client.get(url, signal, { kind: 'census', resource: dataset.name });
  if (count !== undefined) return count;
  throw new FatalError(`${dataset.name}: the API did not return the requested count`, {
    op: 'count',
    hint: 'report it to Cotality: without `$count` a list of keys cannot be proven complete',
  });
}

/**
 * Finds which of these keys the feed has.
 * @throws UnavailableError if it sends fewer records than it counts: a missing key would then prove nothing.
 */
export async function findPresentKeys(
  feed: Feed,
  dataset: Dataset,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const query: KeyQuery = {
    kind: 'census',
    filter: buildInFilter(dataset.key, keys),
    select: [dataset.key],
    top: feed.pageSize,
    keys: keys.length,
  };
  const found = new Set<string>();
  let counted: number | undefined;
  let sent = 0;
  for await (const page of readKeyPages(feed, dataset, query, signal)) {
    counted ??= page.count;
    sent += page.records.length;
    for (const { key } of toCensusPage(dataset, page).entries) found.add(key);
  }
  if (sent >= (counted ?? 0)) return found;
  throw new UnavailableError(`${dataset.name}: the API counts ${counted} of these keys and sends ${sent}`, {
    op: 'look up keys',
    hint: 'the API answers incompletely: try again later',
  });
}

/** Splits a large page into parts of 10,000 records. */
export function* splitCensusPage(dataset: Dataset, page: Page): Generator<CensusPage> {
  yield toCensusPage(dataset, { ...page, records: page.records.slice(0, MAX_PART_ENTRIES) });
  for (let at = MAX_PART_ENTRIES; at < page.records.length; at += MAX_PART_ENTRIES) {
    const part = toCensusPage(dataset, { ...page, records: page.records.slice(at, at + MAX_PART_ENTRIES) });
    // The first part carries the page's count.
    yield { ...part, count: undefined };
  }
}

function toCensusPage(dataset: Dataset, page: Page): CensusPage {
  const photos = photoFields(dataset);
  const entries = page.records.flatMap((raw) => {
    const record = tryParse(raw);
    const key = record[dataset.key];
    // A longer key is never stored as a row, and cannot be staged.
    if (!isUsableKey(key) || Array.from(key).length > MAX_KEY_LENGTH) return [];
    const count = photos === undefined ? undefined : record[photos.count];
    return [
      {
        key,
        version: toSqlTime(record[versionField(dataset)]),
        photosChanged: photos === undefined ? null : toSqlTime(record[photos.changed]),
        photosCount: Number.isInteger(count) ? String(count) : null,
      },
    ];
  });
  return { entries, withoutKey: page.records.length - entries.length, count: page.count };
}

function toSqlTime(value: unknown): string | null {
  return typeof value === 'string' ? (instantToSql(value) ?? null) : null;
}

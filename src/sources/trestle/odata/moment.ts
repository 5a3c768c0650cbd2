import { parseInstant } from '../../../lib/time.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { Page } from '../../../model/page.ts';
import type { ReadOptions } from '../../source.ts';
import { readKeyPages } from './key-pages.ts';
import type { Feed } from './feed.ts';
import { joinFilters, buildWindowFilter } from './query.ts';
import { isUsableKey, findLast } from './records.ts';
import { selectOf } from '../../../dataset/reading.ts';

/**
 * All instants that the feed sends as one timestamp. A server can store `.1234567` and send `.123`. For its `gt`, the
 * stored value is after `.123`, so a keyset page after `.123` returns the same moment again. If a moment has more records
 * than a page, they are read in the order of the key instead.
 */
export type Moment = { readonly from: string; readonly to: string };

/** From the timestamp up to the next one with as many digits, UTC. @throws Error if it is not an instant. */
export function momentOf(timestamp: string): Moment {
  const instant = parseInstant(timestamp);
  if (instant === undefined) throw new Error(`${timestamp} is not an instant`);
  const digits = sentFractionOf(timestamp);
  const second = Math.floor(instant / 1000) * 1000;
  const next = digits === '' ? '' : String(BigInt(digits) + 1n).padStart(digits.length, '0');
  const isNextSecond = next.length > digits.length || digits === '';
  return {
    from: formatInstant(second, digits),
    to: isNextSecond ? formatInstant(second + 1000, '') : formatInstant(second, next),
  };
}

/** More digits than a timestamp has in OData (12). A cursor that ends in them is a position within a moment, by key. */
const KEY_MARK = '0'.repeat(13);

/** Creates a cursor after a key within the moment of a timestamp, in the form that the watermark stores. */
export function createMomentCursor(timestamp: string, key: string): Cursor {
  const digits = sentFractionOf(timestamp);
  const second = Math.floor((parseInstant(timestamp) ?? 0) / 1000) * 1000;
  return { timestamp: formatInstant(second, digits + KEY_MARK), key };
}

/** Whether `createMomentCursor` made this cursor. */
export function isMomentCursor({ timestamp, key }: Cursor): boolean {
  return key !== undefined && fractionOf(timestamp).endsWith(KEY_MARK);
}

/** Reads the records of the cursor's moment in the order of the key; after its key if it is a moment cursor. */
export async function* readMomentPages(
  feed: Feed,
  dataset: Dataset,
  cursor: Cursor,
  { filter }: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const query = {
    filter: joinFilters(buildWindowFilter(dataset, momentOf(cursor.timestamp)), filter),
    select: selectOf(dataset),
    top: feed.pageSize,
    after: isMomentCursor(cursor) ? cursor.key : undefined,
  };
  for await (const page of readKeyPages(feed, dataset, query, signal)) {
    const intact = page.records.filter((_, index) => !page.damaged.has(index));
    const key = findLast(intact, ({ [dataset.key]: each }) => (isUsableKey(each) ? each : undefined));
    yield { ...page, cursor: key === undefined ? undefined : createMomentCursor(cursor.timestamp, key) };
  }
}

function fractionOf(timestamp: string): string {
  return /\.(\d+)/.exec(timestamp)?.[1] ?? '';
}

/** The digits of the fraction, without the mark of a moment cursor. */
function sentFractionOf(timestamp: string): string {
  const fraction = fractionOf(timestamp);
  return fraction.endsWith(KEY_MARK) ? fraction.slice(0, -KEY_MARK.length) : fraction;
}

function formatInstant(second: number, digits: string): string {
  return `${new Date(second).toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
}

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
 * A timestamp as the feed sends it can stand for many: one that is kept as `.1234567` and sent as `.123` is past `.123` to
 * the server's `gt`, so that a keyset page after it begins at the same moment again. If more records share a moment than
 * a page holds, they are read in the order of the key instead.
 */
export type Moment = { readonly from: string; readonly to: string };

/** All that is sent as this timestamp: from it up to the next one with as many digits, UTC. @throws Error for no instant. */
export function momentOf(timestamp: string): Moment {
  const instant = parseInstant(timestamp);
  if (instant === undefined) throw new Error(`${timestamp} is no instant`);
  const digits = sentFractionOf(timestamp);
  const second = Math.floor(instant / 1000) * 1000;
  const next = digits === '' ? '' : String(BigInt(digits) + 1n).padStart(digits.length, '0');
  const isNextSecond = next.length > digits.length || digits === '';
  return {
    from: formatInstant(second, digits),
    to: isNextSecond ? formatInstant(second + 1000, '') : formatInstant(second, next),
  };
}

/** More digits than a timestamp has in OData (12): what they are added to is a place within a moment, by key. */
const KEY_MARK = '0'.repeat(13);

/** The place behind a key within the moment of a timestamp, as the watermark keeps it. */
export function createMomentCursor(timestamp: string, key: string): Cursor {
  const digits = sentFractionOf(timestamp);
  const second = Math.floor((parseInstant(timestamp) ?? 0) / 1000) * 1000;
  return { timestamp: formatInstant(second, digits + KEY_MARK), key };
}

/** Whether a cursor was made by `cursorWithin`. */
export function isMomentCursor({ timestamp, key }: Cursor): boolean {
  return key !== undefined && fractionOf(timestamp).endsWith(KEY_MARK);
}

/** What is sent as the cursor's timestamp, in the order of the key: from its key on if it is a place within the moment. */
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

/** The digits of the fraction without those that mark a place. */
function sentFractionOf(timestamp: string): string {
  const fraction = fractionOf(timestamp);
  return fraction.endsWith(KEY_MARK) ? fraction.slice(0, -KEY_MARK.length) : fraction;
}

function formatInstant(second: number, digits: string): string {
  return `${new Date(second).toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
}

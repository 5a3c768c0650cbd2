import type { RawRecord } from '../../items.ts';
import { parseFeedDate } from './dates.ts';
import type { FeedEntry } from './entry.ts';

/**
 * The record of an entry, as it is stored and mapped. `id` is what identifies it; if that is not the feed's own id, `guid` is.
 * Dates that can be read are ISO 8601 in UTC, others the feed's own text.
 */
export function toFeedRecord(entry: FeedEntry, key: string): RawRecord {
  const { rest, id, published, updated, ...texts } = entry;
  const record = {
    ...rest,
    id: key,
    guid: id === key ? undefined : id,
    ...texts,
    published: toDate(published),
    updated: toDate(updated),
  };
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** The identity of a stored record. */
export function identifyRecord(record: RawRecord): string | undefined {
  return typeof record['id'] === 'string' ? record['id'] : undefined;
}

function toDate(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (parseFeedDate(text) ?? text);
}

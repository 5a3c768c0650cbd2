import type { RawRecord } from '../../items.ts';
import { parseFeedDate } from './dates.ts';
import type { FeedEntry } from './entry.ts';

/**
 * The record of an entry, as it is stored and mapped. `id` is what identifies it; if that is not the feed's own id, `guid` is.
 * Dates that can be read are ISO 8601 in UTC, others the feed's own text. What every feed can have is null if the entry lacks it:
 * a feed without categories is not one whose field was renamed.
 */
export function toFeedRecord(entry: FeedEntry, key: string): RawRecord {
  const { rest, id, published, updated, ...texts } = entry;
  const { link, title, description, category, ...others } = texts;
  const optional = { ...rest, guid: id === key ? undefined : id, ...others, updated: toDate(updated) };
  return {
    id: key,
    title: title ?? null,
    description: description ?? null,
    category: category ?? null,
    link: link ?? null,
    published: toDate(published) ?? null,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

/** The identity of a stored record. */
export function identifyRecord(record: RawRecord): string | undefined {
  return typeof record['id'] === 'string' ? record['id'] : undefined;
}

function toDate(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (parseFeedDate(text) ?? text);
}

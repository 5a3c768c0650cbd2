import { type Entry, textOf } from '../data/entry.ts';

/** An entry as a feed writes it. Texts are XML already: odd feeds write what is not. */
export type FeedEntry = {
  readonly guid: string | undefined;
  readonly isPermaLink: boolean;
  readonly title: string;
  readonly link: string;
  readonly html: string;
  readonly category: string;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly published: number;
  readonly updated: number;
  /** Replaces the date of the format. Empty: there is none. */
  readonly date?: string;
};

/** Entries that a feed has at most: older ones are no longer in it. */
const WINDOW = 100;

/** The newest entries, newest first. */
export function selectNewest(entries: readonly Entry[]): Entry[] {
  return entries
    .toReversed()
    .sort((one, other) => other.createdAt - one.createdAt)
    .slice(0, WINDOW);
}

export function newestEntries(entries: readonly Entry[]): FeedEntry[] {
  return selectNewest(entries).map(({ record, createdAt, updatedAt }) => ({
    guid: escapeXml(textOf(record, 'guid')),
    isPermaLink: false,
    title: escapeXml(textOf(record, 'title')),
    link: escapeXml(textOf(record, 'link')),
    html: escapeXml(textOf(record, 'html')),
    category: escapeXml(textOf(record, 'category')),
    author: escapeXml(textOf(record, 'author')),
    published: createdAt,
    updated: updatedAt,
  }));
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

import type { AtomFeed, JsonFeed } from './load-feedsmith.ts';
import type { Json } from '../../items.ts';
import { toCategories, toTexts } from './entries-of-rss.ts';
import { type FeedEntry, firstText, listTexts } from './entry.ts';

type AtomEntry = AtomFeed.Entry<string>;
type JsonItem = JsonFeed.Item<string>;

/** Converts an entry of Atom 0.3 or 1.0. */
export function toEntryOfAtom(entry: AtomEntry): FeedEntry {
  const { id, links, title, summary, content, authors, categories, published, updated, ...rest } = entry;
  const link = links?.find(({ rel }) => rel === undefined || rel === 'alternate') ?? undefined;
  const others = links?.filter((each) => each !== link) ?? [];
  return {
    id: firstText(id),
    link: firstText(link?.href),
    title: firstText(title?.value),
    ...toTexts(summary?.value, content?.value),
    ...toCategories(categories?.map(({ term, label }) => firstText(label, term))),
    author: listTexts(authors?.map(({ name }) => name))?.join(', '),
    published: firstText(published, updated),
    updated: firstText(updated),
    rest: { ...(rest as Record<string, Json>), ...(others.length > 0 && { links: others }) },
  };
}

/** Converts an item of JSON Feed 1.0 or 1.1. */
export function toEntryOfJson(item: JsonItem): FeedEntry {
  const {
    id,
    url,
    title,
    summary,
    content_html: html,
    content_text: text,
    authors,
    tags,
    date_published: published,
    date_modified: modified,
    ...rest
  } = item;
  return {
    id: firstText(id),
    link: firstText(url, item.external_url),
    title: firstText(title),
    ...toTexts(summary, firstText(html, text)),
    ...toCategories(tags),
    author: listTexts(authors?.map(({ name }) => name))?.join(', '),
    published: firstText(published, modified),
    updated: firstText(modified),
    rest: rest,
  };
}

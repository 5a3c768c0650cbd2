import type { RdfFeed, RssFeed } from './load-feedsmith.ts';
import { type FeedEntry, firstText, listTexts } from './entry.ts';

type RssItem = RssFeed.Item<string>;
type RdfItem = RdfFeed.Item<string>;

/** Converts an item of RSS 0.9x or 2.0. */
export function toEntryOfRss(item: RssItem): FeedEntry {
  const { guid, link, title, description, content, authors, categories, pubDate, ...rest } = item;
  const id = firstText(guid?.value);
  const isPermaLink = guid?.isPermaLink !== false && id !== undefined && /^https?:\/\//i.test(id);
  const names = authors?.map(({ name, email }) => firstText(name, email));
  return {
    id,
    // isPermaLink is true unless the feed says otherwise (RSS 2.0).
    link: firstText(link, isPermaLink ? id : undefined),
    title: firstText(title),
    ...toTexts(description, content?.encoded),
    ...toCategories(categories?.map(({ name }) => name) ?? item.dc?.subjects),
    author: listTexts(names ?? item.dc?.creators)?.join(', '),
    published: firstText(pubDate, item.dc?.dates?.[0], item.atom?.published),
    updated: firstText(item.atom?.updated, item.dcterms?.modified?.[0]),
    rest: rest,
  };
}

/** Converts an item of RSS 0.90 or 1.0, which are RDF. */
export function toEntryOfRdf(item: RdfItem): FeedEntry {
  const { rdf, link, title, description, content, ...rest } = item;
  return {
    id: firstText(rdf?.about),
    link: firstText(link, rdf?.about),
    title: firstText(title),
    ...toTexts(description, content?.encoded),
    ...toCategories(item.dc?.subjects),
    author: listTexts(item.dc?.creators)?.join(', '),
    published: firstText(item.dc?.dates?.[0], item.atom?.published),
    updated: firstText(item.atom?.updated, item.dcterms?.modified?.[0]),
    rest: rest,
  };
}

/** The summary, or the whole text if there is none. */
export function toTexts(
  summary: string | undefined,
  content: string | undefined,
): Pick<FeedEntry, 'description' | 'content'> {
  const description = firstText(summary, content);
  const whole = firstText(content);
  return { description, content: whole === description ? undefined : whole };
}

export function toCategories(
  names: readonly (string | undefined)[] | undefined,
): Pick<FeedEntry, 'category' | 'categories'> {
  const categories = listTexts(names);
  return { category: categories?.[0], categories };
}

import type { AnyFeed } from 'feedsmith';

export type { AtomFeed, JsonFeed, RdfFeed, RssFeed } from 'feedsmith';

export type ParseFeed = (text: string) => AnyFeed;

/** Loads the parser of feeds with the first one. */
export async function loadParser(): Promise<ParseFeed> {
  const { parseFeed } = await import('feedsmith');
  return (text) => parseFeed(text);
}

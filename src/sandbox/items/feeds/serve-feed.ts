import type { Entry } from '../data/entry.ts';
import { newestEntries, selectNewest } from './entry.ts';
import { writeAtom, writeJsonFeed, writeRdf, writeRss } from './formats.ts';
import { ODD_FEEDS } from './odd-feeds.ts';

/** The bytes of a feed, and their media type. */
export type FeedBody = { readonly body: Buffer; readonly type: string };

function feed(text: string, type: string): FeedBody {
  return { body: Buffer.from(text), type };
}

/** @param nth the number of the request for this path, from 0. @returns undefined if there is no such feed. */
export function writeFeed(path: string, entries: readonly Entry[], nth: number): FeedBody | undefined {
  switch (path) {
    case '/feeds/rss.xml':
      return feed(writeRss(newestEntries(entries)), 'application/rss+xml; charset=utf-8');
    case '/feeds/atom.xml':
      return feed(writeAtom(newestEntries(entries)), 'application/atom+xml');
    case '/feeds/rdf.xml':
      return feed(writeRdf(newestEntries(entries)), 'application/rdf+xml');
    case '/feeds/feed.json':
      return feed(writeJsonFeed(selectNewest(entries)), 'application/feed+json');
    default: {
      const name = /^\/feeds\/odd\/([\w-]+)\.xml$/.exec(path)?.[1] ?? '';
      const write = Object.hasOwn(ODD_FEEDS, name) ? ODD_FEEDS[name] : undefined;
      if (write === undefined) return undefined;
      return {
        body: Buffer.from(write(newestEntries(entries), nth)),
        type: name === 'html' ? 'text/html' : 'text/xml',
      };
    }
  }
}

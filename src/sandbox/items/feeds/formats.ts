import type { Entry } from '../data/entry.ts';
import type { FeedEntry } from './entry.ts';

const TITLE = 'News of the County';
const SITE = 'https://news.example.com/';

/** An element, or nothing without a value. */
function element(name: string, value: string | undefined, attributes = ''): string {
  return value === undefined || value === '' ? '' : `<${name}${attributes}>${value}</${name}>`;
}

/** RSS 2.0. `encoding` is what the document declares. */
export function writeRss(entries: readonly FeedEntry[], encoding = 'utf-8', prolog = ''): string {
  const items = entries.map(
    ({ guid, isPermaLink, title, link, html, category, author, published, date }) =>
      `<item>${[
        element('title', title),
        element('link', link),
        element('description', html),
        element('category', category),
        element('dc:creator', author),
        element('guid', guid, isPermaLink ? '' : ' isPermaLink="false"'),
        element('pubDate', date ?? new Date(published).toUTCString()),
      ].join('')}</item>`,
  );
  return `<?xml version="1.0" encoding="${encoding}"?>
${prolog}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>${TITLE}</title><link>${SITE}</link>
<description>Invented news</description><ttl>60</ttl>
${items.join('\n')}
</channel></rss>
`;
}

/** Atom 1.0 (RFC 4287). */
export function writeAtom(entries: readonly FeedEntry[]): string {
  const items = entries.map(
    ({ guid, title, link, html, category, author, published, updated }) =>
      `<entry>${[
        element('id', guid === undefined ? undefined : `tag:news.example.com,2026:${guid}`),
        element('title', title, ' type="html"'),
        `<link rel="alternate" href="${link}"/>`,
        element('content', html, ' type="html"'),
        `<category term="${category}"/>`,
        element('author', element('name', author)),
        element('published', new Date(published).toISOString()),
        element('updated', new Date(updated).toISOString()),
      ].join('')}</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:news.example.com,2026:feed</id><title>${TITLE}</title><link href="${SITE}"/>
<updated>${new Date(entries[0]?.updated ?? 0).toISOString()}</updated>
${items.join('\n')}
</feed>
`;
}

/** RSS 1.0, which is RDF. */
export function writeRdf(entries: readonly FeedEntry[]): string {
  const items = entries.map(
    ({ title, link, html, category, author, published }) =>
      `<item rdf:about="${link}">${[
        element('title', title),
        element('link', link),
        element('description', html),
        element('dc:subject', category),
        element('dc:creator', author),
        element('dc:date', new Date(published).toISOString()),
      ].join('')}</item>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="${SITE}"><title>${TITLE}</title><link>${SITE}</link><description>Invented news</description></channel>
${items.join('\n')}
</rdf:RDF>
`;
}

/** JSON Feed 1.1. */
export function writeJsonFeed(entries: readonly Entry[]): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: TITLE,
    home_page_url: SITE,
    items: entries.map(({ record, createdAt, updatedAt }) => ({
      id: record['guid'],
      url: record['link'],
      title: record['title'],
      content_html: record['html'],
      date_published: new Date(createdAt).toISOString(),
      date_modified: new Date(updatedAt).toISOString(),
      authors: [{ name: record['author'] }],
      tags: [record['category']],
    })),
  });
}

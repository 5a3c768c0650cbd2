import { type Content, html } from './html.ts';

/** Links to an address of another server, if it is one of http or https; others stay text. */
export function linkOut(address: string, content: Content = address): Content {
  return isWebAddress(address)
    ? html`<a href="${address}" rel="noopener noreferrer">${content}</a>`
    : content;
}

function isWebAddress(address: string): boolean {
  return URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol);
}

/** The address of the page of a record of the feed. */
export function recordAddress(key: string, resource = 'Property'): string {
  const address = `/record/${encodeURIComponent(key)}`;
  return resource === 'Property' ? address : `${address}?resource=${encodeURIComponent(resource)}`;
}

/** The address of the page of an item. */
export function itemAddress(source: string, id: string): string {
  return `/record/${encodeURIComponent(`${source}/${id}`)}`;
}

export function sourceAddress(source: string): string {
  return `/sources/${encodeURIComponent(source)}`;
}

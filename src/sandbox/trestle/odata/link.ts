import type { QueryPairs } from './query.ts';

/** Builds the address of the next page: the same query with another `$skip`. */
export function buildSkipLink(address: string, options: QueryPairs, skip: number): string {
  const kept = options.filter(([name]) => name !== '$skip');
  const pairs = [...kept, ['$skip', String(skip)] as const];
  return `${address}?${pairs.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`;
}

/** Encodes like .NET: lower-case hex escapes, spaces as `+`. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/['~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
    .replaceAll('%20', '+');
}

/** Parses a query string; undefined if its escapes are broken. */
export function parseQueryString(search: string): QueryPairs | undefined {
  if (search === '') return [];
  try {
    return search.split('&').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decode(name), decode(value.join('='))] as const;
    });
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

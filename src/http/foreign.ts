import { shorten } from '../lib/shorten.ts';
import type { Answer } from './send.ts';

/** How an answer that is not the API's describes itself: the title of a page, or its first words. */
export function describeForeign({ headers, body }: Answer): string {
  const text = body.subarray(0, 20_000).toString();
  const type = headers['content-type']?.split(';')[0] ?? 'unknown type';
  if (text.trim() === '') return 'an empty body';
  const isPage = /^\s*</.test(text);
  const title = /<(title|h1)[^>]*>([^<]+)</i.exec(text)?.[2];
  const words = shorten((isPage ? (title ?? '') : text).replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), 100);
  return words === '' ? `a page of ${type}` : `"${words}" as ${type}`;
}

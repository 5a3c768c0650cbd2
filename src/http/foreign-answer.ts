import { shorten } from '../lib/shorten.ts';
import type { Answer } from './send.ts';

/** Describes an answer that does not come from the API: by the title of its page, or by its first words. */
export function describeForeignAnswer({ headers, body }: Answer): string {
  const text = body.subarray(0, 20_000).toString();
  const type = headers['content-type']?.split(';')[0] ?? 'unknown type';
  if (text.trim() === '') return 'an empty body';
  const isPage = /^\s*</.test(text);
  const title = /<(title|h1)[^>]*>([^<]+)</i.exec(text)?.[2];
  const words = shorten((isPage ? (title ?? '') : text).replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), 100);
  return words === '' ? `a page of ${type}` : `"${words}" as ${type}`;
}

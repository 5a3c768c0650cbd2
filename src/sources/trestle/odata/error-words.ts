import { tryParse } from './try-parse.ts';
import type { Answer } from '../../../http/send.ts';

/** Whether an answer holds an OData error: only the API itself sends one. */
export function isODataError({ headers, body }: Answer): boolean {
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return false;
  const error = memberOf(tryParse(body.toString()));
  return typeof error?.['code'] === 'string' || typeof error?.['message'] === 'string';
}

/** The words of an OData error as `: words`, shortened; empty without any. The code varies per request and is left out. */
export function errorWords(envelope: Readonly<Record<string, unknown>>): string {
  const text = memberOf(envelope)?.['message'] ?? envelope['error'];
  return typeof text === 'string' && text !== '' ? `: ${shortened(text, 500)}` : '';
}

/** What an answer that is not the API's calls itself: the title of a page, or its first words. */
export function describeForeign({ headers, body }: Answer): string {
  const text = body.subarray(0, 20_000).toString();
  const type = headers['content-type']?.split(';')[0] ?? 'unknown type';
  if (text.trim() === '') return 'an empty body';
  const isPage = /^\s*</.test(text);
  const title = /<(title|h1)[^>]*>([^<]+)</i.exec(text)?.[2];
  const words = shortened((isPage ? (title ?? '') : text).replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), 100);
  return words === '' ? `a page of ${type}` : `"${words}" as ${type}`;
}

function memberOf({ error }: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : undefined;
}

/** Omits the word that the cut goes through: half a secret is not recognised as one when messages are cleaned. */
function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/\S*$/, '')}…`;
}

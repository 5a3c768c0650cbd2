import { shorten } from '../../../lib/shorten.ts';
import { tryParse } from './try-parse.ts';
import type { Answer } from '../../../http/send.ts';

/** Whether an answer holds an OData error: only the API itself sends one. */
export function isODataError({ headers, body }: Answer): boolean {
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return false;
  const error = memberOf(tryParse(body.toString()));
  return typeof error?.['code'] === 'string' || typeof error?.['message'] === 'string';
}

/** The words of an OData error as `: words`, shortened; empty without any. The code varies per request and is left out. */
export function readErrorText(envelope: Readonly<Record<string, unknown>>): string {
  const text = memberOf(envelope)?.['message'] ?? envelope['error'];
  return typeof text === 'string' && text !== '' ? `: ${shorten(text, 500)}` : '';
}

function memberOf({ error }: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : undefined;
}

import { shorten } from '../../../lib/shorten.ts';
import { tryParse } from './try-parse.ts';
import type { Answer } from '../../../http/send.ts';

/** Whether an answer holds an OData error. Only the API itself sends one. */
export function isODataError({ headers, body }: Answer): boolean {
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return false;
  const error = memberOf(tryParse(body.toString()));
  return typeof error?.['code'] === 'string' || typeof error?.['message'] === 'string';
}

/** Reads an OData error as `: message`, shortened; empty without a message. Omits the code: it differs per request. */
export function readErrorText(envelope: Readonly<Record<string, unknown>>): string {
  const text = memberOf(envelope)?.['message'] ?? envelope['error'];
  return typeof text === 'string' && text !== '' ? `: ${shorten(text, 500)}` : '';
}

function memberOf({ error }: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : undefined;
}

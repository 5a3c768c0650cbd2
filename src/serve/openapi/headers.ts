import type { Part } from './to-schema.ts';

/** The headers of answers, by the name that the document gives them: `#/components/headers/…`. */
export const HEADERS = {
  'X-Request-ID': describe('The id of this request in the log: the one that the caller sent, or a new one.', {
    type: 'string',
  }),
  'X-API-Latency-ms': describe('Milliseconds that the answer took.', { type: 'number' }),
  ETag: describe('Send it as If-None-Match to be answered 304 while the content is the same.', {
    type: 'string',
  }),
  'Last-Modified': describe('When the content of the record last changed.', { type: 'string' }),
  Link: describe('The address of the next page, with rel="next"; missing on the last one.', {
    type: 'string',
  }),
  'X-Total-Count': describe('Rows of all pages, at most 10 seconds old.', { type: 'integer' }),
  'X-Last-Update': describe('When the data were last proven to be in step with their source.', {
    type: 'string',
    format: 'date-time',
  }),
  'RateLimit-Limit': describe('Requests a minute.', { type: 'integer' }),
  'RateLimit-Remaining': describe('Requests that are left in this minute.', { type: 'integer' }),
  'RateLimit-Reset': describe('Seconds until the next minute.', { type: 'integer' }),
  'Retry-After': describe('Seconds to wait.', { type: 'integer' }),
  Allow: describe('The methods of this server.', { type: 'string' }),
  'WWW-Authenticate': describe('How to send a key.', { type: 'string' }),
} as const;

export type HeaderName = keyof typeof HEADERS;

/** The headers of every answer that the guards have counted. */
export const COMMON: readonly HeaderName[] = [
  'X-Request-ID',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];

export function referToHeaders(names: readonly HeaderName[]): Part {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function describe(description: string, schema: Part): Part {
  return { description, schema };
}

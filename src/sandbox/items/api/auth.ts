import type { IncomingHttpHeaders } from 'node:http';
import { CREDENTIALS } from '../credentials.ts';
import type { Tokens } from './tokens.ts';

type Credentials = {
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly tokens: Tokens;
};

/** Whether a request has what is required, by the part of the path after `/auth/`. */
const KINDS: Readonly<Record<string, (given: Credentials) => boolean>> = {
  bearer: ({ headers }) => headers.authorization === `Bearer ${CREDENTIALS.key}`,
  header: ({ headers }) => headers[CREDENTIALS.keyHeader.toLowerCase()] === CREDENTIALS.key,
  query: ({ query }) => query.get(CREDENTIALS.keyParam) === CREDENTIALS.key,
  basic: ({ headers }) => {
    const pair = `${CREDENTIALS.user}:${CREDENTIALS.password}`;
    return headers.authorization === `Basic ${Buffer.from(pair).toString('base64')}`;
  },
  oauth2: ({ headers, tokens }) =>
    tokens.isValid(/^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? ''),
};

const CHALLENGES: Readonly<Record<string, string>> = {
  bearer: 'Bearer',
  basic: 'Basic realm="sandbox"',
  oauth2: 'Bearer error="invalid_token"',
};

/** A path without its part for authentication, or the headers of a 401. */
export type AuthResult = { readonly path: string } | { readonly refused: Readonly<Record<string, string>> };

/** Checks a path that starts with `/auth/KIND/`. Undefined: there is no such kind. Any other path needs nothing. */
export function checkAuth(path: string, given: Credentials): AuthResult | undefined {
  const [, kind, rest] = /^\/auth\/([^/]+)(\/.*)$/.exec(path) ?? [];
  if (kind === undefined || rest === undefined) return { path };
  const isAccepted = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (isAccepted === undefined) return undefined;
  if (isAccepted(given)) return { path: rest };
  const challenge = CHALLENGES[kind];
  return { refused: challenge === undefined ? {} : { 'WWW-Authenticate': challenge } };
}

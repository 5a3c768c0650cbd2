import { ConfigError } from '../errors.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * Finds the address of a redirect, without its user and password.
 * @param redirects followed so far.
 * @param op the operation, for the error.
 * @throws ConfigError for an invalid address, one that is not HTTP, from https to http, or too many redirects.
 */
export function findTarget(
  from: URL,
  { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  redirects: number,
  op: string,
): URL {
  const location = headers['location'];
  const refuse = (reason: string): ConfigError =>
    new ConfigError(`${from.host}${from.pathname} answered ${status}: ${reason}`, {
      op,
      hint: 'set the address of the source to the one that answers without a redirect',
    });
  if (location === undefined) throw refuse('a redirect without an address');
  if (redirects === MAX_REDIRECTS) throw refuse(`more than ${MAX_REDIRECTS} redirects`);
  if (!URL.canParse(location, from.href)) throw refuse('a redirect to an invalid address');
  const url = new URL(location, from);
  const name = `${url.protocol}//${url.host}`;
  if (!/^https?:$/.test(url.protocol)) throw refuse(`a redirect to ${name}, which is not HTTP`);
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw refuse(`a redirect to ${name}, which is not encrypted`);
  }
  url.username = '';
  url.password = '';
  return url;
}

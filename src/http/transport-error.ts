import { type ErrorCode, RetryableError } from '../errors.ts';
import type { Proxy } from './proxy.ts';
import { ProxyError } from './tunnel.ts';

export type FailedExchange = {
  readonly url: URL;
  readonly op: string;
  readonly proxy: Proxy | undefined;
  /** What to check if no answer arrives. */
  readonly hint: string;
  /** Describes the wait, if the exchange took too long: `no whole answer within 60 s`. */
  readonly timeout: string | undefined;
};

/** Turns the error of an exchange without a complete answer into one that can be retried. */
export function toTransportError(
  error: unknown,
  { url, op, proxy, hint, timeout }: FailedExchange,
): RetryableError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof ProxyError) return proxyError(op, message);
  const reason = timeout ?? `${code ?? 'error'} ${message}`;
  const viaProxy = proxy === undefined ? '' : `, through the proxy ${proxy.name}`;
  return new RetryableError(`${url.host}${viaProxy}: ${reason}`, {
    op,
    code: timeout === undefined ? errorCodeOf(code, message) : 'no-connection',
    hint: proxy === undefined ? hint : `${hint}; also HTTPS_PROXY and NO_PROXY`,
  });
}

/** @param code of Node or axios; undefined: an answer arrived and could not be read. */
function errorCodeOf(code: string | undefined, message: string): ErrorCode | undefined {
  if (code === 'ERR_BUFFER_TOO_LARGE' || message.startsWith('maxContentLength')) return 'too-large';
  if (code === undefined) return undefined;
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'unknown-host';
  // A connection that ends during the handshake is an ECONNRESET: only its message names TLS.
  return /CERT|TLS|SSL|EPROTO|UNABLE_TO|ALTNAME/.test(`${code} ${message}`) ? 'tls-failed' : 'no-connection';
}

function proxyError(op: string, message: string): RetryableError {
  return new RetryableError(message, {
    op,
    code: 'proxy-failed',
    hint: 'check HTTPS_PROXY with its user and password (encode special characters, @ as %40), NO_PROXY, and what the proxy allows',
  });
}

import type { Readable } from 'node:stream';
import { RetryableError } from '../errors.ts';
import { stripByteOrderMark } from '../lib/byte-order-mark.ts';
import type { CallKind } from '../model/usage.ts';
import { decompress } from './decompress.ts';
import { exchange, type Incoming, type Outgoing } from './exchange.ts';
import { NO_PROXIES, proxyFor, type ProxySettings } from './proxy.ts';
import { createRoutes } from './route.ts';
import { ProxyError } from './tunnel.ts';

export type Request = Outgoing & {
  /** The most bytes that an answer may have, decompressed; 512 MB unless set. */
  readonly maxBytes?: number;
  /** What it counts as; a record query unless set. */
  readonly call?: Call;
};

/** What a request is for, so that it can be counted and logged. */
export type Call = {
  readonly kind: CallKind;
  /** Empty for sign-ins. */
  readonly resource: string;
  /** Counts the tries of one request, from 1. */
  readonly attempt: number;
};

export type Answer = Incoming<Buffer>;

/**
 * An answer whose body is still on its way, neither decompressed nor bounded: read it or not, but close the answer, which
 * ends the connection.
 */
export type OpenAnswer = Incoming<AsyncIterable<Buffer>> & { close(): void };

/** Every policy has this shape and wraps the next one. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Answer>;

export type SendOptions = {
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** The only ones that are used: axios would find others in the environment. */
  readonly proxies?: ProxySettings | undefined;
  /** What to check if no answer came. */
  readonly hint: string;
};

/** Far above a page of 300,000 keys or of 1000 full records; a runaway answer must not eat the machine. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Sends requests and takes each answer's bytes as they are but for a byte order mark, whatever the status. Redirects are
 * not followed: they would carry the token along. Decompressing and parsing are done here and in the sources: axios
 * decompresses 16 KB at a time and accepts a missing end, and makes a string, and no error, of a broken body.
 * @throws RetryableError if no whole answer came; the signal's reason if it was aborted.
 */
export function createSender({ timeout, proxies = NO_PROXIES, hint }: SendOptions): Send {
  const findRoute = createRoutes(true);
  return async (request, signal) => {
    const ours = AbortSignal.timeout(timeout);
    const either = AbortSignal.any([signal, ours]);
    const { maxBytes = MAX_BYTES } = request;
    const url = new URL(request.url);
    const proxy = proxyFor(url, proxies);
    try {
      const compressible = { ...request, headers: { ...request.headers, 'Accept-Encoding': 'gzip' } };
      const response = await exchange<Buffer>(compressible, either, findRoute(url, proxy, either), {
        responseType: 'arraybuffer',
        maxContentLength: maxBytes,
      });
      const { status, headers } = response;
      const body = await decompress(response.body, headers['content-encoding'], maxBytes);
      return { status, headers, body: stripByteOrderMark(body) };
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      if (error instanceof ProxyError) throw proxyFailure(request, message);
      const reason = ours.aborted
        ? `no whole answer within ${timeout / 1000} s`
        : `${code ?? 'error'} ${message}`;
      const through = proxy === undefined ? '' : `, through the proxy ${proxy.name}`;
      throw new RetryableError(`${url.host}${through}: ${reason}`, {
        op: request.method,
        hint: proxy === undefined ? hint : `${hint}; and HTTPS_PROXY and NO_PROXY`,
      });
    }
  };
}

/**
 * Sends one request over a connection of its own and returns as soon as the status and headers of its answer are here.
 * Redirects are not followed.
 * @param signal ends the exchange, the reading of the body included.
 * @throws Node's error if no answer came, or a ProxyError.
 */
export async function openAnswer(
  request: Request,
  signal: AbortSignal,
  proxies: ProxySettings = NO_PROXIES,
): Promise<OpenAnswer> {
  const url = new URL(request.url);
  const route = createRoutes(false)(url, proxyFor(url, proxies), signal);
  const answer = await exchange<Readable>(request, signal, route, { responseType: 'stream' });
  return { ...answer, close: () => answer.body.destroy() };
}

function proxyFailure({ method }: Request, message: string): RetryableError {
  return new RetryableError(message, {
    op: method,
    hint: 'check HTTPS_PROXY with its user and password (special characters as %40), NO_PROXY, and what the proxy allows',
  });
}

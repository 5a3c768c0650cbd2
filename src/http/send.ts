import type { Readable } from 'node:stream';
import { stripByteOrderMark } from '../lib/byte-order-mark.ts';
import { releaseMemory } from '../lib/release-memory.ts';
import type { CallKind } from '../model/usage.ts';
import {
  AddressRefusedError,
  type CheckAddress,
  createFilteredLookup,
  isPublicAddress,
  isRefusedHost,
  toRefusedError,
} from './address-filter.ts';
import { decompress } from './decompress.ts';
import { exchange, type HttpAnswer, type HttpRequest } from './exchange.ts';
import { openExchange } from './open-exchange.ts';
import { NO_PROXIES, findProxy, type ProxySettings } from './proxy.ts';
import { createRoutes } from './route.ts';
import { toTransportError } from './transport-error.ts';

export type Request = HttpRequest & {
  /** Limit of the answer's decompressed body; 512 MB unless set. */
  readonly maxBytes?: number;
  /** Whether it may only connect to public addresses: an answer led to its address, not the user. */
  readonly isPublicOnly?: boolean;
  /** How it is counted; as a record query unless set. */
  readonly call?: Call;
};

/** What a request is for: used to count and log it. */
export type Call = {
  readonly kind: CallKind;
  /** Empty for sign-ins. */
  readonly resource: string;
  /** Number of the try, from 1. */
  readonly attempt: number;
};

export type Answer = HttpAnswer<Buffer>;

/**
 * An answer whose body is still arriving, neither decompressed nor limited in size. Always close it, whether the body was
 * read or not: that ends the connection.
 */
export type OpenAnswer = HttpAnswer<AsyncIterable<Buffer>> & { close(): void };

/** Every policy has this shape and wraps the next one. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Answer>;

export type SendOptions = {
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** No other proxies are used: axios would find some in the environment. */
  readonly proxies?: ProxySettings | undefined;
  /** The addresses that requests with `isPublicOnly` may connect to. */
  readonly checkAddress?: CheckAddress | undefined;
  /** What to check if no answer arrives. */
  readonly hint: string;
};

/** Far above a page of 300,000 keys or of 1000 full records; a runaway answer must not exhaust the memory. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Creates the function that sends requests. It returns each answer's bytes without a byte order mark, with any status.
 * Redirects are not followed: they would carry the token along. Bodies are decompressed here and parsed by the sources,
 * because axios decompresses 16 KB at a time, accepts a missing end, and returns a broken body as a string without an
 * error.
 * @throws RetryableError if no complete answer arrives; ConfigError for a private address with `isPublicOnly`; the signal's
 *   reason if it is aborted.
 */
export function createSender({
  timeout,
  proxies = NO_PROXIES,
  checkAddress = isPublicAddress,
  hint,
}: SendOptions): Send {
  const findRoute = createRoutes(true);
  const findPublicRoute = createRoutes(true, createFilteredLookup(checkAddress));
  return async (request, signal) => {
    const timeoutSignal = AbortSignal.timeout(timeout);
    const eitherSignal = AbortSignal.any([signal, timeoutSignal]);
    const { maxBytes = MAX_BYTES, isPublicOnly = false } = request;
    const url = new URL(request.url);
    const proxy = findProxy(url, proxies);
    if (isPublicOnly && isRefusedHost(url, checkAddress)) throw toRefusedError(url, operationOf(request));
    const route = isPublicOnly ? findPublicRoute : findRoute;
    try {
      const withEncoding = { ...request, headers: { ...request.headers, 'Accept-Encoding': 'gzip' } };
      const response = await exchange<Buffer>(withEncoding, eitherSignal, route(url, proxy, eitherSignal), {
        responseType: 'arraybuffer',
        maxContentLength: maxBytes,
      });
      const { status, headers } = response;
      const body = await decompress(response.body, headers['content-encoding'], maxBytes);
      if (body !== response.body) releaseMemory(response.body);
      return { status, headers, body: stripByteOrderMark(body) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AddressRefusedError) throw toRefusedError(url, operationOf(request));
      const timedOut = timeoutSignal.aborted ? `no whole answer within ${timeout / 1000} s` : undefined;
      throw toTransportError(error, { url, op: operationOf(request), proxy, hint, timeout: timedOut });
    }
  };
}

/**
 * Sends one request over a separate connection and returns as soon as the status and headers of its answer have arrived.
 * Redirects are not followed.
 * @param signal aborts the exchange, including the reading of the body.
 * @throws Node's error if no answer arrives, a ProxyError, or ConfigError or AddressRefusedError with `isPublicOnly`.
 */
export async function openAnswer(
  request: Request,
  signal: AbortSignal,
  proxies: ProxySettings = NO_PROXIES,
  checkAddress: CheckAddress = isPublicAddress,
): Promise<OpenAnswer> {
  const url = new URL(request.url);
  const { isPublicOnly = false } = request;
  if (isPublicOnly && isRefusedHost(url, checkAddress)) throw toRefusedError(url, request.method);
  const lookup = isPublicOnly ? createFilteredLookup(checkAddress) : undefined;
  const route = createRoutes(false, lookup)(url, findProxy(url, proxies), signal);
  const answer = await exchange<Readable>(request, signal, route, { responseType: 'stream' });
  return { ...answer, close: () => answer.body.destroy() };
}

/** What `createOpener` returns: `openAnswer` on connections that are kept. */
export type OpenRequest = (request: Request, signal: AbortSignal) => Promise<OpenAnswer>;

/**
 * Creates a function like `openAnswer` whose connections are kept for the next request, if the body was read to its end.
 * @throws RetryableError if no answer arrives; ConfigError for a private address with `isPublicOnly`; the signal's reason.
 */
export function createOpener({
  proxies = NO_PROXIES,
  checkAddress = isPublicAddress,
  hint,
}: Omit<SendOptions, 'timeout'>): OpenRequest {
  const findRoute = createRoutes(true);
  const findPublicRoute = createRoutes(true, createFilteredLookup(checkAddress));
  return async (request, signal) => {
    const url = new URL(request.url);
    const { isPublicOnly = false } = request;
    const proxy = findProxy(url, proxies);
    if (isPublicOnly && isRefusedHost(url, checkAddress)) throw toRefusedError(url, operationOf(request));
    const route = (isPublicOnly ? findPublicRoute : findRoute)(url, proxy, signal);
    try {
      const answer = await openExchange(request, signal, route);
      return { ...answer, close: () => void answer.body.destroy() };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AddressRefusedError) throw toRefusedError(url, operationOf(request));
      throw toTransportError(error, { url, op: operationOf(request), proxy, hint, timeout: undefined });
    }
  };
}

function operationOf({ method, call }: Request): string {
  return call?.kind === 'token' ? 'sign-in' : method;
}

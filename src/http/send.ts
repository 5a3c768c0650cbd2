import type { IncomingMessage } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { createRequire } from 'node:module';
import type { AxiosError, AxiosStatic } from 'axios';
import { RetryableError } from '../errors.ts';
import { withoutByteOrderMark } from '../lib/byte-order.ts';
import { NO_PROXIES, type Proxy, proxyFor, type ProxySettings } from './proxy.ts';
import { ProxyError, TunnelAgent, tunnelOptions } from './tunnel.ts';
import type { CallKind } from '../model/usage.ts';
import { unpack } from './decompress.ts';

/**
 * Loaded with the first request: commands that only look send none. Its CommonJS build is one file, and loads in half the
 * time of the hundred files of the other one.
 */
let loaded: AxiosStatic | undefined;

function loadAxios(): AxiosStatic {
  loaded ??= createRequire(import.meta.url)('axios') as AxiosStatic;
  return loaded;
}

export type Request = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The most bytes that an answer to it may have, unpacked, where it is no page. */
  readonly mostBytes?: number;
  /** What it counts as; a record query where nothing is said. */
  readonly call?: Call;
};

/** What a request is for, told to whoever counts and logs it. */
export type Call = {
  readonly kind: CallKind;
  /** Empty for sign-ins. */
  readonly resource: string;
  /** Counts the tries of one request, from 1. */
  readonly attempt: number;
};

export type Answer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Every policy has this shape and wraps the next one. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Answer>;

/** Far above a page of 300,000 keys or of 1000 full records; a runaway answer must not eat the machine. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Sends one request and takes the answer's bytes as they are but for a byte order mark, whatever the status. Redirects are not followed: they
 * would carry the token along. Unpacking and parsing are ours too: axios unpacks 16 KB at a time and takes an end that is
 * missing for one, and makes a string, and no error, of a broken body.
 * @param timeout milliseconds, for the whole exchange.
 * @param proxies the only ones that are used: axios would find others in the environment.
 * @throws RetryableError where no whole answer came; the signal's reason when it was aborted.
 */
export function sender(timeout: number, proxies: ProxySettings = NO_PROXIES): Send {
  const throughProxy = tunnels();
  return async (request, signal) => {
    const axios = loadAxios();
    const ours = AbortSignal.timeout(timeout);
    const { mostBytes = MOST_BYTES } = request;
    const either = AbortSignal.any([signal, ours]);
    const proxy = proxyFor(new URL(request.url), proxies);
    try {
      const response = await axios.request<Buffer>({
        method: request.method,
        url: request.url,
        headers: { ...request.headers, 'Accept-Encoding': 'gzip' },
        ...(request.body === undefined ? {} : { data: request.body }),
        signal: either,
        proxy: false,
        ...(proxy === undefined ? {} : throughProxy(proxy, either)),
        responseType: 'arraybuffer',
        decompress: false,
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: mostBytes,
      });
      const headers = plainHeaders(response.headers);
      const body = await unpack(response.data, headers['content-encoding'], mostBytes);
      return { status: response.status, headers, body: withoutByteOrderMark(body) };
    } catch (error) {
      signal.throwIfAborted();
      const { code, message, cause } = error as AxiosError;
      if (cause instanceof ProxyError || error instanceof ProxyError) throw proxyFailure(request, message);
      const what = ours.aborted
        ? `no whole answer within ${timeout / 1000} s`
        : `${code ?? 'error'} ${message}`;
      // The driver's error holds the request, and with it the token: it must not travel on as a cause.
      const through = proxy === undefined ? '' : `, through the proxy ${proxy.name}`;
      const settings = proxy === undefined ? '' : '; and HTTPS_PROXY and NO_PROXY';
      throw new RetryableError(`${new URL(request.url).host}${through}: ${what}`, {
        op: request.method,
        hint: `check the network, TRESTLE_API_BASE_URL and REQUEST_TIMEOUT${settings}`,
      });
    }
  };
}

/** What axios needs for a request by TLS through a proxy; connections are kept from request to request. */
function tunnels() {
  const agents = new Map<string, TunnelAgent>();
  return (proxy: Proxy, signal: AbortSignal) => {
    const agent = agents.get(proxy.name) ?? new TunnelAgent(proxy, true);
    agents.set(proxy.name, agent);
    const request = (options: RequestOptions, done: (response: IncomingMessage) => void) =>
      requestHttps({ ...options, ...tunnelOptions(signal) }, done);
    return { httpsAgent: agent, transport: { request } };
  };
}

function proxyFailure({ method }: Request, message: string): RetryableError {
  return new RetryableError(message, {
    op: method,
    hint: 'check HTTPS_PROXY with its user and password (special characters as %40), NO_PROXY, and what the proxy allows',
  });
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]),
  );
}

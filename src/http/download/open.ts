import { ConfigError, type EtlError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import type { Meter } from '../../model/usage.ts';
import { findProxy, NO_PROXIES, type ProxySettings } from '../proxy.ts';
import { openAnswer, type OpenAnswer } from '../send.ts';
import { toTransportError } from '../transport-error.ts';
import { AddressRefusedError, type CheckAddress, toRefusedError } from '../address-filter.ts';
import { findTarget, isRedirect } from '../redirect.ts';

export type OpenOptions = {
  readonly proxies?: ProxySettings | undefined;
  /** Milliseconds without a byte after which an exchange has failed. */
  readonly idleTimeout: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Pick<Meter, 'begin'>;
  /** The addresses that redirects to another origin may lead to; unless set, every address. */
  readonly checkAddress?: CheckAddress | undefined;
  /** What to check if no answer arrives. */
  readonly hint: string;
};

export type FileRequest = {
  readonly url: string;
  /** Sent with every redirect too: they must contain nothing that only one server may know. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the origin of `url` only. */
  readonly ownHeaders?: Readonly<Record<string, string>> | undefined;
  /** Its name in logs and usage. */
  readonly label: string;
  /** Number of the try, from 1. */
  readonly attempt: number;
};

/** An answer whose body is read later. Always close it. */
export type OpenFile = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The address that answered, after redirects. */
  readonly url: URL;
  /** Throws RetryableError if it breaks or no byte arrives in time; the signal's reason if it is aborted. */
  readonly body: AsyncIterable<Buffer>;
  close(): void;
};

/**
 * Requests a file and returns when the headers of its answer have arrived. Follows redirects, but not from https to http, and
 * without the user and password of an address.
 * @throws RetryableError if no answer arrives; ConfigError for a redirect that is not followed.
 */
export async function openFile(
  options: OpenOptions,
  request: FileRequest,
  signal: AbortSignal,
): Promise<OpenFile> {
  let url = new URL(request.url);
  const { origin } = url;
  let isOwn = true;
  for (let redirects = 0; ; redirects += 1) {
    const headers = { ...request.headers, ...(isOwn ? request.ownHeaders : {}) };
    const isPublicOnly = options.checkAddress !== undefined && url.origin !== origin;
    const answer = await openOnce(options, { ...request, headers, url: url.href, isPublicOnly }, signal);
    if (!isRedirect(answer.status)) return answer;
    answer.close();
    url = findTarget(url, answer, redirects, 'download');
    isOwn &&= url.origin === origin;
  }
}

/** Sends one request, and counts and logs it. */
async function openOnce(
  options: OpenOptions,
  request: FileRequest & { readonly isPublicOnly: boolean },
  signal: AbortSignal,
): Promise<OpenFile> {
  signal.throwIfAborted();
  const { proxies = NO_PROXIES, idleTimeout } = options;
  const url = new URL(request.url);
  const idle = createIdleTimer(idleTimeout);
  const end = observe(options, request, url);
  const toError = (error: unknown): EtlError => {
    signal.throwIfAborted();
    if (error instanceof AddressRefusedError) return toRefusedError(url, 'download');
    if (error instanceof ConfigError) return error;
    const timeout = idle.signal.aborted ? `no bytes within ${idleTimeout / 1000} s` : undefined;
    const proxy = findProxy(url, proxies);
    return toTransportError(error, { url, op: 'download', proxy, hint: options.hint, timeout });
  };
  try {
    const headers = { Accept: '*/*', 'Accept-Encoding': 'identity', ...request.headers };
    const { isPublicOnly } = request;
    const sent = { method: 'GET', url: url.href, headers, isPublicOnly } as const;
    const either = AbortSignal.any([signal, idle.signal]);
    const answer = await idle.watch(() => openAnswer(sent, either, proxies, options.checkAddress));
    let bytes = 0;
    const close = (): void => {
      idle.end();
      answer.close();
      end({ status: answer.status, bytes });
    };
    const body = readBody(answer, idle, toError, (length) => (bytes += length));
    return { status: answer.status, headers: answer.headers, url, body, close };
  } catch (cause) {
    idle.end();
    end({ err: cause });
    throw toError(cause);
  }
}

type End = { readonly status: number; readonly bytes: number } | { readonly err: unknown };

/** Counts a request that is about to be sent, and logs one line for it when it ends; later calls do nothing. */
function observe({ clock, log, meter }: OpenOptions, request: FileRequest, url: URL): (end: End) => void {
  const { label: resource, attempt, headers } = request;
  const count = meter.begin('file', resource);
  const start = clock.now();
  // Without the query: addresses of files may be signed.
  const call = { method: 'GET', host: url.host, path: url.pathname, kind: 'file', resource, attempt };
  let hasEnded = false;
  return (end) => {
    if (hasEnded) return;
    hasEnded = true;
    const line = { ...call, range: headers['Range'], ...end, ms: clock.now() - start };
    if ('err' in end) {
      count({ failed: true, bytes: 0 });
      log.warn(line, 'no answer');
    } else {
      count({ failed: end.status >= 400, bytes: end.bytes });
      log.info(line, 'answered');
    }
  };
}

async function* readBody(
  answer: OpenAnswer,
  idle: IdleTimer,
  toError: (error: unknown) => Error,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const chunks = answer.body[Symbol.asyncIterator]();
  const abort = (): void => answer.close();
  idle.signal.addEventListener('abort', abort, { once: true });
  for (;;) {
    const next = await idle
      .watch(() => chunks.next())
      .catch((error: unknown) => Promise.reject(toError(error)));
    if (idle.signal.aborted) throw toError(idle.signal.reason);
    if (next.done === true) return;
    count(next.value.length);
    yield next.value;
  }
}

type IdleTimer = {
  /** Aborted if one wait took too long. */
  readonly signal: AbortSignal;
  watch<T>(wait: () => Promise<T>): Promise<T>;
  end(): void;
};

/** Measures the time that is spent waiting for the server, without the time in between. */
function createIdleTimer(ms: number): IdleTimer {
  const controller = new AbortController();
  let isWaiting = false;
  const timer = setTimeout(() => {
    if (isWaiting) controller.abort(new Error('idle'));
  }, ms);
  return {
    signal: controller.signal,
    watch: async (wait) => {
      isWaiting = true;
      timer.refresh();
      try {
        return await wait();
      } finally {
        isWaiting = false;
      }
    },
    end: () => clearTimeout(timer),
  };
}

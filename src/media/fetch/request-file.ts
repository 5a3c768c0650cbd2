import { RateLimitedError, RetryableError } from '../../errors.ts';
import { readRetryAfter } from '../../http/headers.ts';
import type { OpenAnswer, OpenRequest, Request } from '../../http/send.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import type { Meter } from '../../model/usage.ts';
import { receive, type Reception } from './receive.ts';

/** An answer whose body was received if it is a file. */
export type FileAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Only of a 200. */
  readonly reception: Reception | undefined;
};

export type RequestFileOptions = {
  readonly open: OpenRequest;
  readonly maxBytes: number;
  readonly spoolFolder: string;
  /** Milliseconds without a byte after which a request has failed. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Pick<Meter, 'begin'>;
  readonly onSend: () => void;
};

/** Bodies of errors up to this size are read, so that the connection is kept. */
const MAX_DRAINED_BYTES = 64 * 1024;

/**
 * Creates the function that sends one request and receives its answer. Counts and logs each request.
 * @returns a function that throws RateLimitedError 429, RetryableError 408 and 5xx, or if no whole answer arrives.
 */
export function createFileRequester(
  options: RequestFileOptions,
): (request: Request, signal: AbortSignal) => Promise<FileAnswer> {
  const { clock, log, meter, open, spoolFolder: folder, maxBytes, timeout } = options;
  let names = 0;
  return async (request, signal) => {
    signal.throwIfAborted();
    options.onSend();
    const url = new URL(request.url);
    const end = meter.begin('file', 'Media');
    const start = clock.now();
    const stall = watchStall(signal, timeout);
    let bytes = 0;
    const onBytes = (count: number): void => {
      bytes += count;
      stall.reset();
    };
    names += 1;
    const call = { method: 'GET', host: url.host, path: url.pathname, kind: 'file' };
    try {
      const answer = await open(request, stall.signal);
      const { status, headers } = answer;
      try {
        const name = `fetch-${process.pid}-${names}.tmp`;
        const reception =
          status === 200
            ? await receive({ maxBytes, folder, name, onBytes }, url, answer)
            : await drain(answer, onBytes);
        end({ failed: status >= 400, bytes });
        log.info({ ...call, status, bytes, ms: clock.now() - start }, 'answered');
        return { status, headers, reception };
      } finally {
        answer.close();
      }
    } catch (error) {
      end({ failed: true, bytes });
      log.warn({ ...call, ms: clock.now() - start, err: error }, 'no answer');
      signal.throwIfAborted();
      throw stall.signal.aborted ? stallError(url, timeout) : error;
    } finally {
      stall.stop();
    }
  };
}

/** Reads the body of an answer that is no file. */
async function drain(answer: OpenAnswer, onBytes: (count: number) => void): Promise<undefined> {
  let length = 0;
  for await (const part of answer.body) {
    onBytes(part.length);
    length += part.length;
    if (length > MAX_DRAINED_BYTES) return undefined;
  }
  return undefined;
}

/** Throws for an answer that a retry may change. */
export function refuseTemporary({ status, headers }: FileAnswer, url: string): void {
  if (status !== 429 && status !== 408 && status < 500) return;
  const { host, pathname } = new URL(url);
  const retryAfter = readRetryAfter({ headers });
  const message = `${host}${pathname} answered ${status}`;
  throw status === 429
    ? new RateLimitedError(message, {
        op: 'GET',
        code: 'minute-quota',
        retryAfter,
        hint: 'the quota of files is spent: the next run resumes from here',
      })
    : new RetryableError(message, { op: 'GET', retryAfter, hint: 'the next run requests it again' });
}

/** Watches one request: its signal is aborted by `outer`, and after `ms` without a byte. An AbortSignal.any costs more. */
function watchStall(
  outer: AbortSignal,
  ms: number,
): { readonly signal: AbortSignal; reset(): void; stop(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(outer.reason);
  outer.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => controller.abort(), ms);
  return {
    signal: controller.signal,
    reset: () => void timer.refresh(),
    stop: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}

function stallError({ host, pathname }: URL, ms: number): RetryableError {
  return new RetryableError(`${host}${pathname}: no byte within ${ms / 1000} s`, {
    op: 'GET',
    code: 'no-connection',
    hint: 'the next run requests it again',
  });
}

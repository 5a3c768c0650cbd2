import { createHash } from 'node:crypto';
import { RetryableError, UnavailableError } from '../../../errors.ts';
import type { ProxySettings } from '../../../http/proxy.ts';
import { retry } from '../../../http/retry.ts';
import { type Answer, createSender, openAnswer, type OpenAnswer } from '../../../http/send.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Logger } from '../../../model/log.ts';
import { codeOf, isError, toRefusal } from './refusal.ts';
import type { S3Settings } from './settings.ts';
import { signRequest } from './sign.ts';

/** What requests need of the process. */
export type RequesterTools = {
  readonly proxies?: ProxySettings | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

export type S3Request = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without the prefix of the store: empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
};

export type Requester = {
  /** Sends a request, and retries it if that may help. @returns an answer with status 200 or 204, or with one of `codes`. */
  send(request: S3Request, signal: AbortSignal, codes?: readonly string[]): Promise<Answer>;
  /** Opens the body of a key; undefined if there is none. */
  open(key: string, signal: AbortSignal): Promise<OpenAnswer | undefined>;
};

/** Time for a part of 8 MB over a slow line. */
const TIMEOUT_MS = 300_000;
/** About 15 seconds; the next run resumes. */
const MAX_RETRIES = 4;
const DEADLINE_MS = 600_000;
const MAX_REFUSAL_BYTES = 64 * 1024;
const HINT = 'check AWS_ENDPOINT_URL_S3, AWS_REGION, and the network';

/** Creates the function that sends signed requests to one bucket. */
export function createRequester(settings: S3Settings, tools: RequesterTools): Requester {
  const { bucket } = settings;
  const { clock } = tools;
  const wire = createSender({ timeout: TIMEOUT_MS, proxies: tools.proxies, hint: HINT });
  const retrying = { ...tools, maxRetries: MAX_RETRIES, deadline: DEADLINE_MS, paused: () => 0 };
  return {
    send: (request, signal, codes = []) =>
      retry(retrying, signal, async () => {
        const answer = await wire(await prepare(settings, request, clock.now()), signal);
        // The answer to a completed upload may be an error with the status 200.
        const isSuccess = answer.status === 204 || (answer.status === 200 && !isError(answer));
        if (isSuccess || codes.includes(codeOf(answer))) return answer;
        throw toRefusal(bucket, operationOf(request), answer);
      }),
    open: (key, signal) =>
      retry(retrying, signal, async () => {
        const request = { method: 'GET', key } as const;
        const signed = await prepare(settings, request, clock.now());
        const answer = await openAnswer(signed, signal, tools.proxies).catch((error: unknown) => {
          signal.throwIfAborted();
          throw toFailure(settings, error);
        });
        if (answer.status === 200) return answer;
        const body = await readRefusal(answer, signal);
        if (codeOf(body) === 'NoSuchKey') return undefined;
        throw toRefusal(bucket, operationOf(request), body);
      }),
  };
}

/** An error of a connection, before or in the body of an answer. */
export function toFailure({ base }: S3Settings, error: unknown): RetryableError {
  const { host } = new URL(base);
  return new RetryableError(`${host}: ${(error as Error).message}`, {
    op: 'GET',
    code: 'no-connection',
    hint: HINT,
    cause: error,
  });
}

async function prepare(
  settings: S3Settings,
  { method, key, query = {}, headers = {}, body }: S3Request,
  now: number,
) {
  const { base, prefix } = settings;
  const url = new URL(key === '' ? base.slice(0, -1) : `${base}${prefix}${key}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  // The signature has %20: a form's + would differ.
  url.search = url.search.replaceAll('+', '%20');
  const sha256 = createHash('sha256')
    .update(body ?? '')
    .digest('hex');
  const unsigned = { method, url: url.href, headers, sha256 };
  const signed = await signRequest(settings, unsigned, now);
  return { method, url: url.href, headers: signed, ...(body === undefined ? {} : { body }) };
}

async function readRefusal(answer: OpenAnswer, signal: AbortSignal): Promise<Answer> {
  try {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of answer.body) {
      parts.push(part);
      size += part.length;
      if (size > MAX_REFUSAL_BYTES) break;
    }
    return { status: answer.status, headers: answer.headers, body: Buffer.concat(parts) };
  } catch (error) {
    signal.throwIfAborted();
    throw new UnavailableError('the answer of the bucket was cut off', {
      op: 'GET',
      cause: error,
      hint: HINT,
    });
  } finally {
    answer.close();
  }
}

function operationOf({ method, key }: S3Request): string {
  return `${method} ${key === '' ? 'bucket' : key}`;
}

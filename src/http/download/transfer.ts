import type { Hash } from 'node:crypto';
import { RetryableError } from '../../errors.ts';
import { backoff } from '../../lib/backoff.ts';
import type { Breaker } from '../breaker.ts';
import { findExpected, finish, settle } from './finish.ts';
import { type OpenFile, openFile, type OpenOptions } from './open.ts';
import { dropPart, type FileRecord, findPart, hashPart } from './part.ts';
import { receive, type ReceiveOptions, storing } from './receive.ts';
import { ensureNotEncoded, toRefusal } from './refusal.ts';
import type { DownloadRequest, DownloadResult } from './request.ts';
import { conditionOf, judge, type Known, type Verdict } from './verdict.ts';

export type TransferOptions = OpenOptions &
  ReceiveOptions & {
    readonly random: () => number;
    readonly guard: Breaker;
    readonly onProgress: (label: string, got: number, total: number | undefined) => void;
  };

/** One download with all its tries. */
export type Transfer = {
  /** @param number of the try, from 0. @param left milliseconds until the deadline. */
  attempt(number: number, left: number): Promise<DownloadResult>;
  /** Milliseconds in which bytes arrived. */
  received(): number;
};

type State = {
  readonly options: TransferOptions;
  readonly request: DownloadRequest;
  readonly signal: AbortSignal;
  readonly whole: FileRecord | undefined;
  /** The hash of the part's first bytes. */
  hashed: { readonly hash: Hash; length: number } | undefined;
  /** Bytes in the part. */
  stored: number;
  receivedMs: number;
};

/** An exchange that brought this many new bytes has not failed: it is resumed at once, and does not count as a retry. */
const MIN_PROGRESS_BYTES = 1024 * 1024;

const NOTHING_KNOWN: Known = { part: undefined, whole: undefined, release: undefined };

/** Prepares the download of one file; `attempt` sends its first request. */
export async function createTransfer(
  options: TransferOptions,
  request: DownloadRequest,
  signal: AbortSignal,
): Promise<Transfer> {
  const whole = await findExpected(request, signal);
  let highest = findPart(request.file, request.url)?.length ?? 0;
  const state: State = { options, request, signal, whole, hashed: undefined, stored: highest, receivedMs: 0 };
  return {
    received: () => state.receivedMs,
    attempt: async (number, left) => {
      for (;;) {
        try {
          return await attempt(state, number, left);
        } catch (error) {
          const { stored } = state;
          if (!(error instanceof RetryableError) || stored - highest < MIN_PROGRESS_BYTES) throw error;
          highest = stored;
          options.log.warn({ file: request.file, bytes: stored, err: error }, 'resuming');
          await options.clock.sleep(backoff(0, options.random), signal);
        }
      }
    },
  };
}

async function attempt(state: State, number: number, left: number): Promise<DownloadResult> {
  const { options, request, signal } = state;
  const { file } = request;
  const part = findPart(file, request.url);
  let known: Known = { part, whole: part === undefined ? state.whole : undefined, release: request.known };
  for (;;) {
    const { answer, verdict } = await ask(state, known, number, left);
    try {
      if (verdict.kind === 'body') return await fetchBody(state, verdict, answer);
      if (verdict.kind !== 'restart') return await settle(request, verdict, signal);
    } finally {
      answer.close();
    }
    options.log.warn({ file, reason: verdict.reason }, 'the download starts again');
    dropPart(file);
    known = NOTHING_KNOWN;
  }
}

/** Sends the request. Its headers are the answer for the circuit breaker: a body that breaks is not a failure of the host. */
function ask(
  { options, request: { url, label, ownHeaders }, signal }: State,
  known: Known,
  number: number,
  left: number,
): Promise<{ answer: OpenFile; verdict: Exclude<Verdict, { readonly kind: 'refused' }> }> {
  const send = async () => {
    const sent = { url, headers: conditionOf(known), ownHeaders, label, attempt: number + 1 };
    const answer = await openFile(options, sent, signal);
    const verdict = judge(url, known, answer);
    if (verdict.kind !== 'refused') return { answer, verdict };
    answer.close();
    throw toRefusal(answer);
  };
  return options.guard(signal, send, left);
}

async function fetchBody(
  state: State,
  { place, total, record }: Extract<Verdict, { readonly kind: 'body' }>,
  answer: OpenFile,
): Promise<DownloadResult> {
  const { options, request, signal } = state;
  const { file, label } = request;
  ensureNotEncoded(answer);
  const start = options.clock.now();
  const hash =
    state.hashed?.length === place ? state.hashed.hash : await storing(() => hashPart(file, place, signal));
  const hashed = { hash, length: place };
  state.hashed = hashed;
  const onBytes = (length: number): void => {
    hashed.length = length;
    state.stored = length;
    options.onProgress(label, length, total);
  };
  try {
    const reception = { file, record, place, total, hash, onBytes };
    const bytes = await receive(options, reception, answer, signal);
    return await finish(request, { ...record, bytes }, hash, false);
  } finally {
    state.receivedMs += options.clock.now() - start;
  }
}

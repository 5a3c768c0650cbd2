import { createHash } from 'node:crypto';
import { DAY_MS, MINUTE_MS } from '../../../lib/time.ts';
import type { Checkpoint, Json } from '../../items.ts';
import type { AnswerState, Fetched } from '../requester.ts';
import type { Identity } from './identity.ts';

/** What is remembered of a feed between reads. */
export type FeedState = AnswerState & {
  /** Of the last document: a server without conditional requests sends it again. */
  readonly body?: string;
  /** The entries of the last document, as short hashes. */
  readonly seen?: readonly string[];
  /** What identifies its entries, if the configured identity did not: it is never made stronger again. */
  readonly identity?: Identity;
  /** Where a permanent redirect leads, without its query, and since when, in milliseconds. */
  readonly moved?: Move | undefined;
  /** Milliseconds between two reads, as the last document wants it. */
  readonly ttl?: number;
  /** Milliseconds for which the last answer stays fresh, by its headers. */
  readonly freshFor?: number;
};

type Move = { readonly to: string; readonly since: number };

/** The address is not stored: it can have a secret. */
const NAME = 'feed';
const MAX_SEEN = 500;
const HASH_DIGITS = 12;
/** Shorter redirects are often mistakes. */
const MIN_MOVED_MS = 7 * DAY_MS;

export function readState(checkpoint: Checkpoint | undefined): FeedState {
  const { validators = {} } = checkpoint ?? {};
  return (Object.hasOwn(validators, NAME) ? validators[NAME] : {}) as FeedState;
}

export function toValidators(state: FeedState): Readonly<Record<string, Json>> {
  return { [NAME]: { ...state } };
}

/**
 * The state after a 200, which replaces both validators, or after a 304, which may renew either of them. A validator that is
 * not renewed would make every later request unconditional.
 */
export function mergeAnswer(stored: FeedState, answer: Fetched, now: number): FeedState {
  const { etag, lastModified, moved, freshFor: storedFreshness, ...rest } = stored;
  const kept = answer.kind === 'body' ? {} : { etag, lastModified };
  const state = answer.isAlwaysExpired === true ? {} : { ...kept, ...answer.state };
  // A 304 may leave the header out.
  const freshFor = answer.freshFor ?? (answer.kind === 'unchanged' ? storedFreshness : undefined);
  return {
    ...rest,
    ...(state.etag !== undefined && { etag: state.etag }),
    ...(state.lastModified !== undefined && { lastModified: state.lastModified }),
    // Whole minutes: `Expires` differs by a second from read to read.
    ...(freshFor !== undefined && { freshFor: Math.ceil(freshFor / MINUTE_MS) * MINUTE_MS }),
    ...(answer.movedTo !== undefined && { moved: toMove(answer.movedTo, moved, now) }),
  };
}

/** A server that wants a longer pause is mistaken. */
const MAX_PAUSE_MS = DAY_MS;

/** The pause between two reads that the feed and its server want, as a part of the end of a read. */
export function minPauseOf({ ttl = 0, freshFor = 0 }: FeedState): { readonly minPause?: number } {
  const minPause = Math.min(MAX_PAUSE_MS, Math.max(ttl, freshFor));
  return minPause === 0 ? {} : { minPause };
}

/** A warning if the feed has moved for so long that the address in the configuration should be changed. */
export function describeMove(id: string, { moved }: FeedState, now: number): string | undefined {
  if (moved === undefined || now - moved.since < MIN_MOVED_MS) return undefined;
  const days = Math.floor((now - moved.since) / DAY_MS);
  return `moved for ${days} days to ${moved.to}: change url of ${id} in sources.yaml`;
}

/** Both ends of a long document: the newest entries can be at either. */
export function hashKeys(keys: readonly string[]): string[] {
  const half = MAX_SEEN / 2;
  const some = keys.length <= MAX_SEEN ? keys : [...keys.slice(0, half), ...keys.slice(-half)];
  return some.map((key) => createHash('sha256').update(key).digest('hex').slice(0, HASH_DIGITS));
}

/** Whether no entry of a document was in the last one: entries between them may have been missed. */
export function isOverrun(stored: FeedState, hashes: readonly string[]): boolean {
  const seen = new Set(stored.seen);
  return seen.size > 0 && hashes.length > 0 && !hashes.some((hash) => seen.has(hash));
}

function toMove(target: string, stored: Move | undefined, now: number): Move {
  const { origin, pathname } = new URL(target);
  const to = `${origin}${pathname}`;
  return { to, since: stored?.to === to ? stored.since : now };
}

import { HOUR_MS, MINUTE_MS } from '../../lib/time.ts';

/** What prevents requests to a source. Times are milliseconds since the epoch. */
export type Restraint = {
  readonly failures: number;
  readonly openedUntil: number | undefined;
  readonly notBefore: number | undefined;
  readonly goneAt: number | undefined;
};

/** `pause`: until a time, because the server asked for it, also if too many runs failed too, or because of those alone. */
export type Permission =
  | { readonly kind: 'go' }
  | { readonly kind: 'gone'; readonly since: number }
  | { readonly kind: 'pause'; readonly until: number; readonly reason: 'server' | 'failures' };

/** Runs that fail in a row before a server is paused. */
const MAX_FAILURES = 5;
const FIRST_PAUSE_MS = 15 * MINUTE_MS;
const MAX_PAUSE_MS = 6 * HOUR_MS;
/** A server that asks for more than a day is mistaken. */
const MAX_RETRY_AFTER_MS = 24 * HOUR_MS;

/**
 * Decides whether a source may be requested now. After a pause one run may: if it fails too, the next pause is twice as long.
 * @param always a user asks for it: pauses do not count.
 */
export function decidePermission(restraint: Restraint | undefined, now: number, always: boolean): Permission {
  if (restraint === undefined) return { kind: 'go' };
  const { goneAt, notBefore = 0, openedUntil = 0 } = restraint;
  if (goneAt !== undefined) return { kind: 'gone', since: goneAt };
  if (always || (notBefore <= now && openedUntil <= now)) return { kind: 'go' };
  const until = Math.max(notBefore, openedUntil);
  return { kind: 'pause', until, reason: notBefore > now ? 'server' : 'failures' };
}

/**
 * Returns the state after a failed run.
 * @param retryAfter the pause that the server asked for, in milliseconds.
 */
export function addFailure(before: Restraint, now: number, retryAfter: number | undefined): Restraint {
  const failures = before.failures + 1;
  const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, failures - MAX_FAILURES));
  return {
    ...before,
    failures,
    openedUntil: failures < MAX_FAILURES ? undefined : now + pause,
    notBefore: retryAfter === undefined ? before.notBefore : now + Math.min(retryAfter, MAX_RETRY_AFTER_MS),
  };
}

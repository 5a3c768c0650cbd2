import { readPrivate, writePrivate } from '../../host/private-file.ts';
import type { Verdict } from './decide.ts';

/** One way to people: each keeps its own account, so that a dead one neither silences nor repeats the other. */
export type Way = 'email' | 'webhook';

/** What is remembered of one topic on one way; times in milliseconds of the epoch. */
type Entry = {
  /** When it was last sent. */
  readonly sentAt: number | null;
  /** When it was first sent of what lasts still. */
  readonly since: number | null;
  /** When its end was last told. */
  readonly recoveredAt?: number | null;
  /** Set from the first alert until the recovery. */
  readonly isOpen: boolean;
  /** A process is sending it. */
  readonly claimedAt: number | null;
  /** The event that was sent last. */
  readonly event?: string;
};

/** By way and topic: `email stale`. */
export type Ledger = Readonly<Record<string, Entry>>;

export type Due = {
  readonly way: Way;
  readonly verdict: Verdict;
  /** When it was first sent of what lasts, or lasted until now. */
  readonly since: number | null;
};

/** A process that has claimed and not settled for so long is dead. */
const CLAIM = 30_000;

/**
 * What is to be sent now: what is raised, unless it was sent within `repeat` milliseconds, and once what is well again;
 * that too not within `repeat` of the last time. After a recovery was told nothing holds the next alert back: a recovery
 * is never the last word on what is broken, and what comes and goes is still told of only so often.
 * An event is sent once, and not within `repeat` of the one before.
 */
export function dueNow(
  ledger: Ledger,
  ways: readonly Way[],
  verdicts: readonly Verdict[],
  now: number,
  repeat: number,
): Due[] {
  return ways.flatMap((way) =>
    verdicts.flatMap((verdict) => {
      const entry = ledger[keyOf({ way, verdict })];
      const due = { way, verdict, since: entry?.isOpen === true ? entry.since : null };
      if (isWithin(entry?.claimedAt, CLAIM, now)) return [];
      if (verdict.event !== undefined) {
        const isToldOf = verdict.event === entry?.event || isWithin(entry?.sentAt, repeat, now);
        return isToldOf ? [] : [due];
      }
      const isOpen = entry?.isOpen === true;
      if (!verdict.isRaised) return isOpen && !isWithin(entry.recoveredAt, repeat, now) ? [due] : [];
      return isOpen && isWithin(entry.sentAt, repeat, now) ? [] : [due];
    }),
  );
}

/** The ledger in which these are being sent by us. */
export function claimed(ledger: Ledger, due: readonly Due[], now: number): Ledger {
  return changed(ledger, due, (entry) => ({ ...entry, claimedAt: now }));
}

/** The ledger after these were sent, or could not be: then they are due again. */
export function settled(
  ledger: Ledger,
  done: readonly (Due & { readonly isSent: boolean })[],
  now: number,
): Ledger {
  return changed(ledger, done, (before, { verdict, isSent }) => {
    const entry = { ...before, claimedAt: null };
    if (!isSent) return entry;
    if (verdict.event !== undefined) return { ...entry, sentAt: now, event: verdict.event };
    if (!verdict.isRaised) return { ...entry, isOpen: false, recoveredAt: now };
    return { ...entry, isOpen: true, sentAt: now, since: entry.isOpen ? entry.since : now };
  });
}

const NEVER: Entry = { sentAt: null, since: null, recoveredAt: null, isOpen: false, claimedAt: null };

function changed<T extends Due>(
  ledger: Ledger,
  all: readonly T[],
  change: (entry: Entry, due: T) => Entry,
): Ledger {
  const entries = all.map((each) => [keyOf(each), change(ledger[keyOf(each)] ?? NEVER, each)] as const);
  return { ...ledger, ...Object.fromEntries(entries) };
}

function keyOf({ way, verdict }: Pick<Due, 'way' | 'verdict'>): string {
  return `${way} ${verdict.topic}`;
}

/** A time in the future is that of a clock that was set back since: it says nothing. */
function isWithin(time: number | null | undefined, ms: number, now: number): boolean {
  return time != null && time <= now && now - time < ms;
}

/** What the file holds; what does not look right in it is forgotten. */
export function readLedger(file: string): Ledger {
  const found = readPrivate(file);
  if (typeof found !== 'object' || found === null) return {};
  return Object.fromEntries(
    Object.entries(found).filter((each): each is [string, Entry] => isEntry(each[1])),
  );
}

/** @throws the system's error */
export function writeLedger(file: string, ledger: Ledger): void {
  writePrivate(file, ledger);
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof Entry, unknown>>;
  const { isOpen, sentAt, since, claimedAt, event = '' } = entry;
  // Ledgers of earlier versions have no `recoveredAt`.
  const times = [sentAt, since, claimedAt, entry.recoveredAt ?? null];
  return (
    typeof isOpen === 'boolean' &&
    typeof event === 'string' &&
    times.every((time) => time === null || isTime(time))
  );
}

/** What a Date can hold. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}

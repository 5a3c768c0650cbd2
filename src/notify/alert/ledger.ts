import { readPrivate, writePrivate } from '../../host/private-file.ts';
import type { AlertVerdict } from './verdict.ts';

/** The ledger is kept for each channel, so that a broken one neither silences the other nor repeats its alerts. */
export type Channel = 'email' | 'webhook';

/** The state of one topic on one channel; times in milliseconds since the epoch. */
type LedgerEntry = {
  /** When it was last sent. */
  readonly sentAt: number | null;
  /** When the alert that is still open was first sent. */
  readonly since: number | null;
  /** When its last recovery was sent. */
  readonly recoveredAt?: number | null;
  /** True from the first alert until the recovery. */
  readonly isOpen: boolean;
  /** When a process started to send it; null if none is. */
  readonly claimedAt: number | null;
  /** The last event that was sent. */
  readonly event?: string;
};

/** Keys are channel and topic: `email stale`. */
export type Ledger = Readonly<Record<string, LedgerEntry>>;

export type DueAlert = {
  readonly channel: Channel;
  readonly verdict: AlertVerdict;
  /** When the open alert was first sent; null if there is none. */
  readonly since: number | null;
};

/** A process that has claimed an alert and not settled it for this long is considered dead. */
const CLAIM_MS = 30_000;

/**
 * Selects the verdicts to send now. A raised one is sent unless it was sent within `repeat` milliseconds. A recovery is sent once,
 * and not within `repeat` of the previous recovery. After a recovery, the next alert is sent at once: the last message about a
 * broken state is never a recovery, and a flapping state is still rate-limited. An event is sent once, and not within
 * `repeat` of the previous one.
 */
export function selectDue(
  ledger: Ledger,
  channels: readonly Channel[],
  verdicts: readonly AlertVerdict[],
  now: number,
  repeat: number,
): DueAlert[] {
  return channels.flatMap((channel) =>
    verdicts.flatMap((verdict) => {
      const entry = ledger[keyOf({ channel, verdict })];
      const due = { channel, verdict, since: entry?.isOpen === true ? entry.since : null };
      if (isWithin(entry?.claimedAt, CLAIM_MS, now)) return [];
      if (verdict.event !== undefined) {
        const wasSent = verdict.event === entry?.event || isWithin(entry?.sentAt, repeat, now);
        return wasSent ? [] : [due];
      }
      const isOpen = entry?.isOpen === true;
      if (!verdict.isRaised) return isOpen && !isWithin(entry.recoveredAt, repeat, now) ? [due] : [];
      return isOpen && isWithin(entry.sentAt, repeat, now) ? [] : [due];
    }),
  );
}

/** Returns the ledger with these marked as being sent by this process. */
export function claim(ledger: Ledger, due: readonly DueAlert[], now: number): Ledger {
  return updateEntries(ledger, due, (entry) => ({ ...entry, claimedAt: now }));
}

/** Returns the ledger after these were sent, or failed and are due again. */
export function settle(
  ledger: Ledger,
  done: readonly (DueAlert & { readonly isSent: boolean })[],
  now: number,
): Ledger {
  return updateEntries(ledger, done, (before, { verdict, isSent }) => {
    const entry = { ...before, claimedAt: null };
    if (!isSent) return entry;
    if (verdict.event !== undefined) return { ...entry, sentAt: now, event: verdict.event };
    if (!verdict.isRaised) return { ...entry, isOpen: false, recoveredAt: now };
    return { ...entry, isOpen: true, sentAt: now, since: entry.isOpen ? entry.since : now };
  });
}

const NEVER: LedgerEntry = { sentAt: null, since: null, recoveredAt: null, isOpen: false, claimedAt: null };

function updateEntries<T extends DueAlert>(
  ledger: Ledger,
  all: readonly T[],
  change: (entry: LedgerEntry, due: T) => LedgerEntry,
): Ledger {
  const entries = all.map((each) => [keyOf(each), change(ledger[keyOf(each)] ?? NEVER, each)] as const);
  return { ...ledger, ...Object.fromEntries(entries) };
}

function keyOf({ channel, verdict }: Pick<DueAlert, 'channel' | 'verdict'>): string {
  return `${channel} ${verdict.topic}`;
}

/** A time in the future is ignored: the clock was set back since. */
function isWithin(time: number | null | undefined, ms: number, now: number): boolean {
  return time != null && time <= now && now - time < ms;
}

/** Reads the ledger. Invalid entries are dropped. */
export function readLedger(file: string): Ledger {
  const found = readPrivate(file);
  if (typeof found !== 'object' || found === null) return {};
  return Object.fromEntries(
    Object.entries(found).filter((each): each is [string, LedgerEntry] => isEntry(each[1])),
  );
}

/** @throws the system's error */
export function writeLedger(file: string, ledger: Ledger): void {
  writePrivate(file, ledger);
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof LedgerEntry, unknown>>;
  const { isOpen, sentAt, since, claimedAt, event = '' } = entry;
  // Ledgers of earlier versions have no `recoveredAt`.
  const times = [sentAt, since, claimedAt, entry.recoveredAt ?? null];
  return (
    typeof isOpen === 'boolean' &&
    typeof event === 'string' &&
    times.every((time) => time === null || isTime(time))
  );
}

/** Whether a Date can hold the value. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}

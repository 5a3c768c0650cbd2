export type SandboxOptions = {
  listings?: number;
  /** On average; a listing has between none and twice as many. */
  mediaPerListing?: number;
  /** The same seed makes the same data. */
  seed?: number;
  /** On 127.0.0.1; 0 is any free port. */
  port?: number;
  clientId?: string;
  clientSecret?: string;
  minuteQuota?: number;
  hourQuota?: number;
  /** Length of a "minute": windows are fixed, and begin at multiples of it since the epoch. */
  minuteWindowMs?: number;
  hourWindowMs?: number;
  tokenSeconds?: number;
  latencyMs?: number;
  /** The most that `$top` may ask for; more is refused. */
  maxPage?: number;
  /** Digits of a second's fraction that timestamps are sent with, however many are kept; all that are kept unless told. */
  sentDigits?: number;
  /** The most rows a page holds, whatever `$top` asks for. */
  pageCap?: number;
  now?: () => number;
  /** Whether some records hold what live feeds hold: a negative price, entities in City, 12,000 characters of remarks. */
  oddValues?: boolean;
  /** Sets that this connection has no licence for, and the status that says so; beside those that it never has. */
  unlicensed?: Readonly<Record<string, RefusalStatus>>;
};

export type RefusalStatus = 400 | 403 | 404;

/** Sets of RESO's that the server has and this connection has no licence for. */
const NEVER_LICENSED: Readonly<Record<string, RefusalStatus>> = {
  Contacts: 403,
  HistoryTransactional: 403,
  Prospecting: 403,
  SavedSearch: 403,
  Showing: 403,
};

export type SandboxSettings = Required<Omit<SandboxOptions, 'pageCap'>> & { readonly pageCap: number };

/** The options with what was left out. */
export function completeOptions(options: SandboxOptions): SandboxSettings {
  return {
    listings: 1000,
    mediaPerListing: 3,
    seed: 1,
    port: 0,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    minuteQuota: 100_000,
    hourQuota: 1_000_000,
    minuteWindowMs: 60_000,
    hourWindowMs: 3_600_000,
    tokenSeconds: 28_800,
    latencyMs: 0,
    maxPage: 1000,
    sentDigits: Infinity,
    pageCap: Infinity,
    now: Date.now,
    oddValues: true,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    unlicensed: { ...NEVER_LICENSED, ...options.unlicensed },
  };
}

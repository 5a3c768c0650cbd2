import { HOUR_MS, MINUTE_MS } from '../../lib/time.ts';

export type SandboxOptions = {
  listings?: number;
  /** On average; a listing has between none and twice this number. */
  mediaPerListing?: number;
  /** The same seed gives the same data. */
  seed?: number;
  /** On 127.0.0.1; 0 is any free port. */
  port?: number;
  clientId?: string;
  clientSecret?: string;
  minuteQuota?: number;
  hourQuota?: number;
  /** Length of a "minute": windows are fixed and start at its multiples since the epoch. */
  minuteWindowMs?: number;
  hourWindowMs?: number;
  /** Requests for media files. */
  mediaMinuteQuota?: number;
  mediaHourQuota?: number;
  /** How long a MediaURL is valid. */
  mediaSeconds?: number;
  /** Average size of a photo, 2 to 200. */
  mediaKilobytes?: number;
  /** Whether addresses of media redirect to another origin, which refuses requests with a token. */
  mediaRedirect?: boolean;
  tokenSeconds?: number;
  latencyMs?: number;
  /** The largest `$top`; a larger one is refused. */
  maxPage?: number;
  /** Maximum number of fractional digits of a second in sent timestamps; all stored digits unless set. */
  sentDigits?: number;
  /** Maximum number of rows of a page, also if `$top` is larger. */
  pageCap?: number;
  now?: () => number;
  /** Whether some records have odd values, as in live feeds: negative prices, HTML entities, 12,000 characters of remarks. */
  oddValues?: boolean;
  /** Sets without a licence, each with the status of its refusal; in addition to those that are never licensed. */
  unlicensed?: Readonly<Record<string, RefusalStatus>>;
};

export type RefusalStatus = 400 | 403 | 404;

/** RESO sets that exist on the server but are not licensed. */
const NEVER_LICENSED: Readonly<Record<string, RefusalStatus>> = {
  Contacts: 403,
  HistoryTransactional: 403,
  Prospecting: 403,
  SavedSearch: 403,
  Showing: 403,
};

export type SandboxSettings = Required<Omit<SandboxOptions, 'pageCap'>> & { readonly pageCap: number };

/** Returns the options with defaults for those that are not set. */
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
    minuteWindowMs: MINUTE_MS,
    hourWindowMs: HOUR_MS,
    mediaMinuteQuota: 480,
    mediaHourQuota: 18_000,
    mediaSeconds: 3600,
    mediaKilobytes: 20,
    mediaRedirect: false,
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

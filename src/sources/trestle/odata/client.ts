import { createHttpClient, type HttpClient, type Purpose as HttpPurpose } from '../../../http/client.ts';
import type { ProxySettings } from '../../../http/proxy.ts';
import type { Answer } from '../../../http/send.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Log } from '../../../model/log.ts';
import type { Meter } from '../../../model/usage.ts';
import { API_RULES, QUOTA_RULES, SIGN_IN_RULES } from './api-rules.ts';
import { type PageBody, readBody, readKeyBody } from './body.ts';
import type { RecordList } from './split.ts';

export type ClientOptions = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** No proxy unless set. */
  readonly proxy?: ProxySettings;
  /** Milliseconds for one exchange. */
  readonly timeout: number;
  readonly maxRetries: number;
  /** Milliseconds after which a failed request is not retried. */
  readonly deadline: number;
  readonly reservePercent: number;
  /** The longest wait for the quota, in milliseconds. */
  readonly maxWait: number;
  /** Length of the quota's minute in milliseconds; differs from a minute in tests only. */
  readonly minute: number;
  readonly tokenFile: string;
  readonly quotaFile: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onToken: (token: string) => void;
  /** Counts every request. */
  readonly meter?: Pick<Meter, 'begin'>;
};

/** What a request is for. */
export type PagePurpose = HttpPurpose & {
  /** Members of the page's records that will be needed. */
  readonly names?: readonly string[];
};

export type ODataClient = HttpClient & {
  /** Requests one page. */
  get(url: string, signal: AbortSignal, purpose?: PagePurpose): Promise<PageBody>;
  /** Requests a page that can have hundreds of thousands of short records. */
  getKeys(url: string, signal: AbortSignal, purpose?: HttpPurpose): Promise<PageBody<RecordList>>;
};

/** Creates the client of a Trestle feed. */
export function createClient(options: ClientOptions): ODataClient {
  const { log, proxy, tokenFile, quotaFile, reservePercent, minute, maxWait, onToken } = options;
  const client = createHttpClient({
    ...options,
    rules: API_RULES,
    proxies: proxy,
    log: log.api,
    signIn: { rules: SIGN_IN_RULES, credentials: options, file: tokenFile, onToken },
    quota: { rules: QUOTA_RULES, file: quotaFile, reservePercent, minute, maxWait },
  });
  return {
    ...client,
    get: (url, signal, purpose) => {
      const read = (answer: Answer): Promise<PageBody> => readBody(answer, purpose?.names);
      return client.fetch(url, { accept: 'application/json', read }, signal, purpose);
    },
    getKeys: (url, signal, purpose) =>
      client.fetch(url, { accept: 'application/json', read: readKeyBody }, signal, purpose),
  };
}

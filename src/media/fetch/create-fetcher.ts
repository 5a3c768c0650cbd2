import { ConfigError, RetryableError, UnavailableError } from '../../errors.ts';
import type { CheckAddress } from '../../http/address-filter.ts';
import { conditionsFor } from '../../http/conditional.ts';
import type { FileAccess } from '../../http/file-access.ts';
import { type FollowedAnswer, followRedirects } from '../../http/follow.ts';
import type { ProxySettings } from '../../http/proxy.ts';
import { toQuotaLeft } from '../../http/quota-left.ts';
import type { StatedQuota } from '../../http/quota.ts';
import { retry } from '../../http/retry.ts';
import { createOpener } from '../../http/send.ts';
import { withQuota } from '../../http/with-quota.ts';
import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import type { Meter } from '../../model/usage.ts';
import type { FetchOutcome, MediaFetcher } from '../fetcher.ts';
import { authorizeFiles } from './authorize.ts';
import { CutBodyError } from './receive.ts';
import { createFileRequester, type FileAnswer, refuseTemporary } from './request-file.ts';

export type FetcherOptions = {
  readonly access: FileAccess;
  readonly proxies?: ProxySettings | undefined;
  /** Addresses that files and redirects may lead to, other than the API's own; public ones unless set. */
  readonly checkAddress?: CheckAddress | undefined;
  /** Requests a minute, at most; the server's own limit counts if it is lower. */
  readonly minuteLimit: number;
  /** Length of the quota's minute in milliseconds; differs from a minute in tests only. */
  readonly minute: number;
  readonly maxBytes: number;
  /** Exists when the first file is requested. */
  readonly spoolFolder: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly meter: Pick<Meter, 'begin'>;
};

/** The quota's file is written at most this often: a killed run forgets the requests of this time. */
const QUOTA_STORE_MS = 1000;

/** Statuses after which a newly signed address shows whether the file exists. */
const EXPIRED: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** The path of every request: retry(token of the API(redirects(quota(open and receive)))). */
export function createFetcher(options: FetcherOptions): MediaFetcher {
  const { access, clock, log, random } = options;
  let requests = 0;
  let troubles = 0;
  const send = createFileRequester({
    ...options,
    open: createOpener({ ...options, hint: access.hint }),
    timeout: access.timeout,
    onSend: () => void (requests += 1),
  });
  const { rules } = access.quota;
  const metered = withQuota(
    {
      ...access.quota,
      rules: { ...rules, read: (headers) => limitQuota(rules.read(headers), options.minuteLimit) },
      minute: options.minute,
      storeInterval: QUOTA_STORE_MS,
      clock,
      log,
    },
    send,
  );
  const request = authorizeFiles(options, followRedirects(access.origin, metered.send));
  return {
    requests: () => requests,
    troubles: () => troubles,
    quota: () => toQuotaLeft(metered.quota()),
    get: async ({ url, known }, signal) => {
      if (!isUsable(url))
        return { kind: 'refused', reason: 'address', message: 'its address is not http(s)' };
      const headers = { Accept: '*/*', 'Accept-Encoding': 'identity', ...conditionsFor(known) };
      const retryOptions = { ...access, paused: metered.waited, clock, random, log };
      const attempt = async (): Promise<FollowedAnswer<FileAnswer>> => {
        try {
          const answer = await request({ method: 'GET', url, headers }, signal);
          refuseTemporary(answer, url);
          return answer;
        } catch (error) {
          if (error instanceof RetryableError) troubles += 1;
          throw error;
        }
      };
      return retry(retryOptions, signal, attempt).then(
        (answer) => toOutcome(answer, known !== undefined),
        toRefusal,
      );
    },
  };
}

function isUsable(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** The lower limit of the two; the server's other numbers stay. */
function limitQuota({ minute, hour }: StatedQuota, minuteLimit: number): StatedQuota {
  const limit = Math.min(minute?.limit ?? minuteLimit, minuteLimit);
  return { minute: { ...minute, limit }, ...(hour === undefined ? {} : { hour }) };
}

function toOutcome({ status, headers, reception }: FileAnswer, isKnown: boolean): FetchOutcome {
  if (status === 304 && isKnown) return { kind: 'unchanged' };
  if (EXPIRED.has(status)) return { kind: 'expired', status };
  if (reception === undefined)
    return { kind: 'refused', reason: 'status', message: `the answer is ${status}` };
  if ('reason' in reception) return { kind: 'refused', ...reception };
  const { inspection, body, size, sha256 } = reception;
  const { contentType, extension, width, height } = inspection;
  const { etag, 'last-modified': lastModified } = headers;
  return {
    kind: 'file',
    file: { body, size, sha256, contentType, extension, width, height, etag, lastModified },
  };
}

/** Errors that concern this file alone. */
function toRefusal(error: unknown): FetchOutcome {
  if (error instanceof UnavailableError && error.cause instanceof CutBodyError) {
    return { kind: 'refused', reason: 'cut', message: error.message };
  }
  // A redirect that is not followed, or to a private network.
  if (error instanceof ConfigError && error.op === 'GET') {
    return { kind: 'refused', reason: 'address', message: error.message };
  }
  throw error;
}

import type { Clock } from '../../model/clock.ts';
import type { Logger } from '../../model/log.ts';
import type { Meter } from '../../model/usage.ts';
import type { CheckAddress } from '../address-filter.ts';
import { type Breaker, createBreaker } from '../breaker.ts';
import type { ProxySettings } from '../proxy.ts';
import { retry } from '../retry.ts';
import { look, type LookResult } from './look.ts';
import type { DownloadRequest, DownloadResult } from './request.ts';
import { createSlots } from './slots.ts';
import { createThrottle } from './throttle.ts';
import { createTransfer } from './transfer.ts';

export { readDamage, recordDamage } from './damage.ts';
export { dropDownload } from './part.ts';
export type { DownloadRequest, DownloadResult } from './request.ts';
export type { LookResult } from './look.ts';
export type { Validators } from './validators.ts';

export type DownloaderOptions = {
  readonly proxies?: ProxySettings | undefined;
  /** Milliseconds without a byte after which an exchange has failed. */
  readonly idleTimeout: number;
  /** Tries after the first one. A try that brought more of the file does not count. */
  readonly maxRetries: number;
  /** Milliseconds after which a failed download is not retried. The time in which bytes arrive does not count. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Counts every request. */
  readonly meter?: Pick<Meter, 'begin'> | undefined;
  /** Downloads at a time. */
  readonly maxParallel?: number;
  /** For all downloads together; undefined: no limit. */
  readonly bytesPerSecond?: number | undefined;
  /** Free bytes on the disk of the files; undefined: not known. */
  readonly freeBytes: () => number | undefined;
  /** Bytes that stay free on that disk. */
  readonly minFree: number;
  /** Called with each stored chunk. `total` is undefined if the server does not report it. */
  readonly onProgress?: ((label: string, got: number, total: number | undefined) => void) | undefined;
  /** The addresses that redirects to another origin may lead to; unless set, every address. */
  readonly checkAddress?: CheckAddress | undefined;
  /** What to check if no answer arrives. */
  readonly hint?: string;
};

export type Downloader = {
  /**
   * Downloads a file unless it is unchanged, and resumes what an earlier call left. The file appears under its name only when
   * it is whole, checked and on disk; until then it is `FILE.part`, with its state in `FILE.part.json`. The state of the whole
   * file is stored in `FILE.json`.
   * @throws UnavailableError or BusyError after the last retry; DamagedFileError if the SHA-256 is wrong; ConfigError for a
   *   redirect that is not followed; FatalError if the server refuses it or the disk is full; the signal's reason.
   */
  download(request: DownloadRequest, signal: AbortSignal): Promise<DownloadResult>;
  /** Asks whether a file changed, without downloading it. @throws as `download`. */
  look(request: DownloadRequest, signal: AbortSignal): Promise<LookResult>;
  /** Requests sent so far, redirects and retries included. */
  requests(): number;
};

const NO_METER: Pick<Meter, 'begin'> = { begin: () => () => undefined };

/** Creates a downloader of large files: a few at a time, with one circuit breaker for each host. */
export function createDownloader(options: DownloaderOptions): Downloader {
  const { clock, log, random, maxParallel = 3, meter = NO_METER } = options;
  const withSlot = createSlots(maxParallel);
  const guards = new Map<string, Breaker>();
  let requests = 0;
  const shared = {
    ...options,
    throttle: createThrottle(options.bytesPerSecond, clock),
    onProgress: options.onProgress ?? (() => undefined),
    hint: options.hint ?? 'check the address, and the network of this machine',
    meter: {
      begin: (...call: Parameters<Meter['begin']>) => {
        requests += 1;
        return meter.begin(...call);
      },
    },
  };
  const guardOf = (url: string): Breaker => {
    const { host } = new URL(url);
    const guard = guards.get(host) ?? createBreaker({ clock, log });
    guards.set(host, guard);
    return guard;
  };
  return {
    requests: () => requests,
    look: (request, signal) =>
      withSlot(signal, () => {
        const { maxRetries, deadline } = options;
        const retryOptions = { maxRetries, deadline, paused: () => 0, clock, random, log };
        const guard = guardOf(request.url);
        return retry(retryOptions, signal, (number, left) =>
          look({ ...shared, guard }, request, signal, number, left),
        );
      }),
    download: (request, signal) =>
      withSlot(signal, async () => {
        const guard = guardOf(request.url);
        const transfer = await createTransfer({ ...shared, guard }, request, signal);
        const { maxRetries, deadline } = options;
        const retryOptions = { maxRetries, deadline, paused: transfer.received, clock, random, log };
        return retry(retryOptions, signal, transfer.attempt);
      }),
  };
}

import { isPublicAddress } from '../http/address-filter.ts';
import { clock } from '../host/clock.ts';
import { isLoopback } from '../lib/loopback.ts';
import { MINUTE_MS } from '../lib/time.ts';
import { UsageError } from '../errors.ts';
import { createFetcher } from '../media/fetch/create-fetcher.ts';
import type { Environment } from '../model/io.ts';
import type { RunTools } from '../run/active-run.ts';
import type { MediaTools } from '../run/media/pass.ts';
import type { Source } from '../sources/source.ts';
import { openMediaStore } from './media-store.ts';
import { definitionsOf, openSource, type SourceOptions } from './sources.ts';

/** The id of its runs and its lock. */
const MEDIA = 'media';

/** Opens what downloads media files. Nothing is requested or written yet. */
export type OpenedMedia = {
  /** For `runMedia`. */
  readonly tools: Pick<RunTools, 'source' | 'catalogue'>;
  readonly media: MediaTools;
};

/**
 * Opens the store, the feed, and the connections to its files.
 * @param env has the variables of the AWS tools.
 * @throws ConfigError if MEDIA_STORE is not set; UsageError if no source has media files.
 */
export async function openMedia(options: SourceOptions, env: Environment): Promise<OpenedMedia> {
  const { config, logs, meter, onSecret } = options;
  const { parallel, changedBy, keepDeletedMs, maxBytes, minuteLimit, sizes } = config.media;
  const definition = definitionsOf(config).find(({ files }) => files !== undefined);
  const dataset = definition?.catalogue.find(({ name }) => name === definition.files?.dataset);
  if (definition?.files === undefined || dataset === undefined) {
    throw new UsageError('no configured source has media files', {
      op: 'media',
      hint: 'TRESTLE_CLIENT_ID and TRESTLE_CLIENT_SECRET configure the feed',
    });
  }
  const store = openMediaStore(config, env, logs.main);
  const access = await definition.files.open(config.sources[definition.id], {
    stateDir: config.stateDir,
    onSecret,
  });
  const fetcher = createFetcher({
    access,
    proxies: config.proxies,
    // A feed on this machine is the sandbox, and so are its files.
    checkAddress: isLoopback(new URL(access.origin)) ? () => true : isPublicAddress,
    minuteLimit,
    minute: MINUTE_MS,
    maxBytes,
    spoolFolder: store.spoolFolder,
    clock,
    random: Math.random,
    log: logs.api,
    meter: { begin: (kind, resource) => meter.begin(kind, resource, definition.id) },
  });
  const feed = openSource(options, definition);
  return {
    tools: { source: createSource(feed, fetcher.requests), catalogue: [] },
    media: { store, fetcher, feed, dataset, settings: { parallel, changedBy, keepDeletedMs, sizes } },
  };
}

/** What a run of media files has instead of a feed: its id, its time and its requests. */
function createSource(feed: Source, requests: () => number): Source {
  return {
    id: MEDIA,
    now: feed.now,
    requests: () => requests() + feed.requests(),
    // There are no datasets to read.
    read: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
    }),
  };
}

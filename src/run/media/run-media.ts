import { toSqlDateTime } from '../../lib/time.ts';
import { countPending, readPendingOfListing } from '../../record/media-file.ts';
import { countOtherSizes, formatSizes, readOtherSizesOfListing } from '../../record/media-sizes.ts';
import type { RunStatus } from '../../record/run-log.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { addToTally, zeroCounts } from '../tally.ts';
import { ensureOwnStore } from './check-store.ts';
import { type Comparison, compareMedia } from './compare-media.ts';
import { downloadFiles } from './download-files.ts';
import { makeMissingVersions } from './make-missing-versions.ts';
import {
  MEDIA_FILE,
  type MediaTools,
  NO_COUNTS,
  type Pass,
  type PassCounts,
  type PassOptions,
} from './pass.ts';
import { removeLeftovers, removeVanished } from './remove-files.ts';
import { requireTables } from './require-tables.ts';
import { createStopping } from './stopping.ts';

export type MediaOutcome = PassCounts &
  Comparison & {
    readonly run: number;
    readonly status: RunStatus;
    /** Files that are still to be fetched. */
    readonly left: number;
    /** Stored photos of which smaller versions were made because MEDIA_SIZES changed. */
    readonly sized: number;
    /** Stored files that are still to be compared with MEDIA_SIZES. */
    readonly unsized: number;
    /** Requests for files. */
    readonly requests: number;
    readonly ms: number;
  };

/**
 * Downloads media files: compares the media records with the files, removes what is gone, fetches what is new or changed. Has its
 * own locks and its own row in etl_sync_log.
 * @param tools those of the run; its source is the media store, not the feed.
 * @throws BusyError if another download is active or the quota is spent; ConfigError if the store is another one; UnavailableError
 *   if the server, the store or the feed does not answer; the signal's reason. What was fetched is committed, and the next run resumes.
 */
export async function runMedia(
  tools: RunTools,
  media: MediaTools,
  options: PassOptions,
): Promise<MediaOutcome> {
  const startedAt = tools.clock.now();
  let outcome: MediaOutcome | undefined;
  await withRun(tools, { mode: 'media', resources: [], dryRun: options.dryRun }, async (active) => {
    const pass = startPass(active, media, options, startedAt);
    requireTables(active);
    const found = options.dryRun ? { ...(await compareMedia(pass)), sized: 0 } : await download(pass);
    const left = await countLeft(pass);
    const unsized = await countUnsized(pass);
    const status = left + unsized > 0 || pass.counts.failed > 0 ? 'partial' : 'success';
    outcome = {
      ...pass.counts,
      ...found,
      run: active.id,
      status,
      left,
      unsized,
      requests: media.fetcher.requests(),
      ms: tools.clock.now() - startedAt,
    };
    return status;
  });
  return outcome!;
}

async function countLeft({ active, options, startedAt }: Pass): Promise<number> {
  if (options.listing === undefined) return countPending(active.connection, toSqlDateTime(startedAt));
  const files = await readPendingOfListing(active.connection, options.listing);
  return files.length;
}

async function countUnsized({ active, media, options }: Pass): Promise<number> {
  const wanted = formatSizes(media.settings.sizes);
  if (options.listing === undefined) return countOtherSizes(active.connection, wanted);
  return (await readOtherSizesOfListing(active.connection, wanted, options.listing)).length;
}

function startPass(active: ActiveRun, media: MediaTools, options: PassOptions, startedAt: number): Pass {
  return {
    active,
    media,
    options,
    startedAt,
    parallel: media.settings.parallel,
    isExpired: false,
    addresses: new Map(),
    renewed: new Map(),
    counts: NO_COUNTS,
  };
}

async function download(pass: Pass): Promise<Comparison & Pick<MediaOutcome, 'sized'>> {
  const { active, media, options } = pass;
  const { tools } = active;
  const stopping = createStopping(tools.clock, tools.signal, options.maxMs);
  try {
    await ensureOwnStore(active.connection, media.store, tools.signal);
    await media.store.prepare(tools.signal);
    await removeLeftovers(pass);
    const comparison = await compareMedia(pass);
    const removed = options.listing === undefined ? await removeVanished(pass) : 0;
    pass.counts = { ...pass.counts, removed };
    if (removed > 0) {
      active.tally = addToTally(active.tally, MEDIA_FILE.name, { ...zeroCounts, deleted: removed }, 0);
    }
    await downloadFiles(pass, stopping);
    const sized = await makeMissingVersions(pass, stopping);
    tools.signal.throwIfAborted();
    return { ...comparison, sized };
  } finally {
    stopping.end();
  }
}

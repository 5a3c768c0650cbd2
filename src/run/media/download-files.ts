import { prefetch } from '../../lib/prefetch.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import {
  countPending,
  type PendingFile,
  readDueFailures,
  readPendingFiles,
  readPendingOfListing,
} from '../../record/media-file.ts';
import { commitFiles } from './commit-files.ts';
import { type FetchedBatch, fetchFiles } from './fetch-files.ts';
import type { Pass } from './pass.ts';
import type { Stopping } from './stopping.ts';

/** Files that are committed together. */
const BATCH_FILES = 100;

/** Of them, files that failed before: a million new files must not keep them from being tried again. */
const BATCH_FAILURES = 10;

/**
 * Fetches and commits pending files until there are none, or a limit is reached. One batch is fetched while the previous one is
 * stored. The store is checked first: files that it refuses would use the quota of the feed.
 * @throws what the store throws if it cannot be written; the error that ended the download, after what was fetched is committed.
 */
export async function downloadFiles(pass: Pass, stopping: Stopping): Promise<void> {
  const { active, media, options, startedAt } = pass;
  const expected = await countPending(active.connection, toSqlDateTime(startedAt));
  if (expected === 0 && options.listing === undefined) return;
  await media.store.check(active.tools.signal);
  for await (const batch of prefetch(fetchBatches(pass, stopping))) {
    await commitFiles(pass, batch.results, batch.addresses);
    showProgress(pass, expected);
    if (batch.failure !== undefined) throw batch.failure;
  }
}

async function* fetchBatches(pass: Pass, stopping: Stopping): AsyncGenerator<FetchedBatch> {
  const { fetcher, settings } = pass.media;
  const isDone = createDone();
  let left = pass.options.maxFiles ?? Infinity;
  while (left > 0 && !stopping.isDue()) {
    const files = await readBatch(pass, Math.min(BATCH_FILES, left), isDone.has);
    if (files.length === 0) return;
    const troubles = fetcher.troubles();
    const batch = await fetchFiles(pass, files, stopping);
    pass.parallel = adaptParallel(pass.parallel, settings.parallel, fetcher.troubles() > troubles);
    isDone.add(batch.results.map(({ file }) => file.media_key));
    left -= batch.results.length;
    yield batch;
    if (batch.failure !== undefined) return;
  }
}

/** Halves the number of files at a time if the server is under load; otherwise raises it by one. */
export function adaptParallel(now: number, max: number, hasTrouble: boolean): number {
  return hasTrouble ? Math.max(1, Math.floor(now / 2)) : Math.min(max, now + 1);
}

/** The files of the last batches: one of them may not be committed yet. */
function createDone(): { has(key: string): boolean; add(keys: readonly string[]): void } {
  let [last, previous] = [new Set<string>(), new Set<string>()];
  return {
    has: (key) => last.has(key) || previous.has(key),
    add: (keys) => void ([last, previous] = [new Set(keys), last]),
  };
}

async function readBatch(
  { active, options, startedAt }: Pass,
  limit: number,
  isDone: (key: string) => boolean,
): Promise<PendingFile[]> {
  const { database } = active.tools;
  if (options.listing !== undefined) {
    const all = await readPendingOfListing(database, options.listing);
    // A file that fails now is not tried again by this pass.
    return all
      .filter(({ media_key: key, run_id: run, state }) => {
        return !isDone(key) && !(state === 'failed' && run === active.id);
      })
      .slice(0, limit);
  }
  const failures = await readDueFailures(
    database,
    toSqlDateTime(startedAt),
    BATCH_FAILURES + 2 * BATCH_FILES,
  );
  const due = failures.filter(({ media_key: key }) => !isDone(key)).slice(0, BATCH_FAILURES);
  const pending = await readPendingFiles(database, limit + 2 * BATCH_FILES);
  const fresh = pending.filter(({ media_key: key }) => !isDone(key));
  return fresh.length + due.length <= limit
    ? [...fresh, ...failures.filter(({ media_key: key }) => !isDone(key))].slice(0, limit)
    : [...fresh.slice(0, limit - due.length), ...due];
}

function showProgress({ active, media, counts, startedAt }: Pass, expected: number): void {
  const { clock, progress } = active.tools;
  const seconds = Math.max(1, clock.now() - startedAt) / 1000;
  const done = counts.added + counts.replaced + counts.unchanged + counts.failed;
  const quota = media.fetcher.quota();
  const left = Math.max(0, expected - done);
  progress.showText(
    'media',
    [
      `media: ${formatInteger(done)} of ${formatInteger(Math.max(expected, done))} files`,
      `${(done / seconds).toFixed(1)} files/s`,
      `${formatSize(counts.bytes / seconds)}/s`,
      ...(counts.failed > 0 ? [`${formatInteger(counts.failed)} failed`] : []),
      ...(quota?.hour.left === undefined ? [] : [`${formatInteger(quota.hour.left)} left this hour`]),
      ...(done > 0 && left > 0 ? [`${formatDuration((left / done) * seconds * 1000)} to go`] : []),
    ].join(' · '),
  );
}

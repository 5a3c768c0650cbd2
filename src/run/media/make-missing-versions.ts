import { formatInteger } from '../../lib/number.ts';
import type { PendingFile } from '../../record/media-file.ts';
import {
  formatSizes,
  parseSizes,
  readOtherSizes,
  readOtherSizesOfListing,
} from '../../record/media-sizes.ts';
import { retryAfterReconnect } from '../fence.ts';
import { commitVersions, type VersionsOutcome } from './commit-versions.ts';
import type { Pass } from './pass.ts';
import { withStoredBody } from './read-stored.ts';
import { isPicture, makeVersions } from './smaller-versions.ts';
import type { Stopping } from './stopping.ts';

const BATCH_FILES = 500;

/** A batch ends when its smaller versions have this size, or after this time: what was made is committed. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const MAX_BATCH_MS = 5000;

/**
 * Makes the smaller versions that stored photos lack since MEDIA_SIZES changed. Reads the stored photos: nothing is requested.
 * A width that is no longer in MEDIA_SIZES is dropped from the row; its file is left to a sweep.
 * @returns the number of photos that received a smaller version.
 * @throws ConfigError without sharp; what the store throws. What was made before is committed.
 */
export async function makeMissingVersions(pass: Pass, stopping: Stopping): Promise<number> {
  const { active, options } = pass;
  let left = options.maxFiles ?? Infinity;
  let made = 0;
  while (left > 0 && !stopping.isDue()) {
    const files = await retryAfterReconnect(active, () => readBatch(pass, Math.min(BATCH_FILES, left)));
    if (files.length === 0) return made;
    const outcomes = await makeBatch(pass, files, stopping);
    await commitVersions(pass, outcomes);
    made += outcomes.filter((each) => each.kind === 'sized' && each.versions.length > 0).length;
    left -= outcomes.length;
    active.tools.progress.showText('media', `media: smaller versions of ${formatInteger(made)} photos`);
  }
  return made;
}

async function readBatch({ active, media, options }: Pass, limit: number): Promise<PendingFile[]> {
  const wanted = formatSizes(media.settings.sizes);
  if (options.listing === undefined) return readOtherSizes(active.connection, wanted, limit);
  return (await readOtherSizesOfListing(active.connection, wanted, options.listing)).slice(0, limit);
}

async function makeBatch(
  pass: Pass,
  files: readonly PendingFile[],
  stopping: Stopping,
): Promise<VersionsOutcome[]> {
  const { clock } = pass.active.tools;
  const startedAt = clock.now();
  const outcomes: VersionsOutcome[] = [];
  let bytes = 0;
  for (const file of files) {
    const outcome = await makeFor(pass, file);
    outcomes.push(outcome);
    if (outcome.kind === 'sized') bytes += outcome.versions.reduce((sum, { size }) => sum + size, 0);
    const isFull = bytes >= MAX_BATCH_BYTES || clock.now() - startedAt >= MAX_BATCH_MS;
    if (isFull || stopping.isDue()) break;
  }
  return outcomes;
}

async function makeFor({ active, media }: Pass, file: PendingFile): Promise<VersionsOutcome> {
  const wanted = media.settings.sizes;
  const kept = parseSizes(file.sizes).filter((width) => wanted.includes(width));
  const known = new Set(parseSizes(file.sizes_for));
  const missing = wanted.filter((width) => !known.has(width));
  if (missing.length === 0 || !isPicture(file.content_type))
    return { file, kind: 'sized', sizes: toSizes(kept), versions: [] };
  const path = file.store_path!;
  const result = await withStoredBody(media.store, file, active.tools.signal, (body) =>
    makeVersions(path, body, missing),
  );
  if ('damage' in result) return { file, kind: result.damage };
  if (result.done.kind === 'corrupt') return { file, ...result.done };
  const { widths, versions } = result.done;
  return { file, kind: 'sized', sizes: toSizes([...kept, ...widths]), versions };
}

function toSizes(widths: readonly number[]): string | null {
  return widths.length === 0 ? null : formatSizes(widths.toSorted((a, b) => a - b));
}

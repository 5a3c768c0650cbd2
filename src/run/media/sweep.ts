import { FatalError } from '../../errors.ts';
import { percentOf } from '../../lib/number.ts';
import { HOUR_MS } from '../../lib/time.ts';
import type { StoredFile } from '../../media/store.ts';
import {
  forgetVersions,
  markDamaged,
  type NamedFile,
  type NamedFilePlace,
  readNamedFiles,
} from '../../record/media-check.ts';
import { readRecordedPaths, recordObjects } from '../../record/media-object.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { commitFenced, keepWatermark, retryAfterReconnect } from '../fence.ts';
import { withRun } from '../lifecycle.ts';
import { addToTally, zeroCounts } from '../tally.ts';
import { comparePaths } from './compare-paths.ts';
import { MEDIA_FILE, type MediaTools } from './pass.ts';
import { removeUnnamed } from './remove-files.ts';
import { requireTables } from './require-tables.ts';
import { isStorePath, ownerOf } from './store-path.ts';

export type SweepOptions = {
  /** False: count only. */
  readonly remove: boolean;
  /** The largest share that may be removed or marked, unless `isForced`. */
  readonly maxPercent: number;
  readonly isForced: boolean;
};

export type SweepCounts = {
  readonly files: number;
  readonly rows: number;
  /** Files that no row names. */
  readonly orphans: number;
  readonly orphanBytes: number;
  /** Of the orphans: smaller versions of photos that are named, of a width that is no longer in MEDIA_SIZES. */
  readonly surplus: number;
  /** Rows whose file is missing. */
  readonly missing: number;
  /** Rows whose file exists, and a smaller version does not. */
  readonly incomplete: number;
  /** Files without a row that are too young to be judged. */
  readonly young: number;
};

const NO_COUNTS: SweepCounts = {
  files: 0,
  rows: 0,
  orphans: 0,
  orphanBytes: 0,
  surplus: 0,
  missing: 0,
  incomplete: 0,
  young: 0,
};

type Sweep = { readonly active: ActiveRun; readonly media: Pick<MediaTools, 'store'>; readonly now: number };

/** What is handled together. */
type Batch = {
  readonly orphans: readonly StoredFile[];
  readonly missing: readonly NamedFile[];
  readonly incomplete: readonly NamedFile[];
};

const PAGE_ROWS = 1000;
const BATCH = 500;
/** A file that was just stored may not be committed yet. */
const MIN_AGE_MS = HOUR_MS;

/**
 * Finds files of the store that no row names, and rows whose file is missing. With `remove` the files are removed, and the rows
 * become pending. Reads both sides twice then: nothing is changed before the shares are known. Memory does not depend on their number.
 * @throws FatalError if more than the allowed share would change, or the store changes meanwhile; BusyError if a download is active; what the store throws.
 */
export async function sweepMedia(
  tools: RunTools,
  media: Pick<MediaTools, 'store'>,
  options: SweepOptions,
): Promise<SweepCounts> {
  let counts = NO_COUNTS;
  await withRun(tools, { mode: 'media', resources: [], dryRun: !options.remove }, async (active) => {
    requireTables(active);
    const sweep = { active, media, now: tools.clock.now() };
    counts = await count(sweep);
    if (!options.remove) return 'success';
    ensureFew(counts, options);
    await change(sweep, counts);
    return 'success';
  });
  return counts;
}

/** Reads both sides again. @throws FatalError if more differs than was counted: the store has changed since. */
async function change(sweep: Sweep, counted: SweepCounts): Promise<void> {
  const left = { orphans: counted.orphans, missing: counted.missing };
  for await (const batch of findBatches(sweep)) {
    left.orphans -= batch.orphans.length;
    left.missing -= batch.missing.length;
    if (left.orphans < 0 || left.missing < 0) {
      throw new FatalError('the store changed during the sweep, so it was stopped', {
        op: 'media sweep',
        hint: 'check that the disk or the bucket of MEDIA_STORE is there; then trestle-etl media sweep',
      });
    }
    await handle(sweep, batch);
  }
}

async function count(sweep: Sweep): Promise<SweepCounts> {
  let counts = NO_COUNTS;
  for await (const batch of findBatches(sweep, (add) => (counts = sum(counts, add)))) {
    const { orphans, missing, incomplete } = batch;
    const orphanBytes = orphans.reduce((bytes, { size }) => bytes + size, 0);
    counts = sum(counts, {
      orphans: orphans.length,
      orphanBytes,
      missing: missing.length,
      incomplete: incomplete.length,
    });
  }
  return counts;
}

function sum(counts: SweepCounts, add: Partial<SweepCounts>): SweepCounts {
  const names = Object.keys(NO_COUNTS) as (keyof SweepCounts)[];
  const sums = names.map((name) => [name, counts[name] + (add[name] ?? 0)]);
  return Object.fromEntries(sums) as SweepCounts;
}

/** Yields what differs, in batches. @param onSeen called for everything that is read. */
async function* findBatches(
  sweep: Sweep,
  onSeen: (add: Partial<SweepCounts>) => void = () => undefined,
): AsyncGenerator<Batch, void, undefined> {
  const { active, media, now } = sweep;
  const { signal } = active.tools;
  let candidates: StoredFile[] = [];
  let missing: NamedFile[] = [];
  let incomplete: NamedFile[] = [];
  for await (const each of comparePaths(media.store.list(signal), readRows(active))) {
    signal.throwIfAborted();
    if (each.kind === 'row') {
      onSeen({ rows: 1 });
      const isWanted = each.row.state !== 'removed';
      if (isWanted && !each.hasFile) missing.push(each.row);
      else if (isWanted && !each.hasVersions) incomplete.push(each.row);
    } else if (isStorePath(each.file.path)) {
      const isUnnamed = each.status !== 'named';
      const isYoung = isUnnamed && now - each.file.modifiedAt < MIN_AGE_MS;
      const isSurplus = each.status === 'surplus' && !isYoung;
      onSeen({ files: 1, young: isYoung ? 1 : 0, surplus: isSurplus ? 1 : 0 });
      if (isUnnamed && !isYoung) candidates.push(each.file);
    }
    if (candidates.length + missing.length + incomplete.length < BATCH) continue;
    yield { orphans: await withoutRecorded(active, candidates), missing, incomplete };
    [candidates, missing, incomplete] = [[], [], []];
  }
  yield { orphans: await withoutRecorded(active, candidates), missing, incomplete };
}

async function* readRows(active: ActiveRun): AsyncGenerator<NamedFile, undefined, undefined> {
  let after: NamedFilePlace = { store_path: '', media_key: '' };
  for (;;) {
    const rows = await retryAfterReconnect(active, () => readNamedFiles(active.connection, after, PAGE_ROWS));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    after = last;
  }
}

/** Files that a killed download left are removed by the next download. */
async function withoutRecorded(active: ActiveRun, files: readonly StoredFile[]): Promise<StoredFile[]> {
  const paths = [...new Set(files.flatMap(({ path }) => [path, ownerOf(path)]))];
  const recorded = await retryAfterReconnect(active, () => readRecordedPaths(active.connection, paths));
  return files.filter(({ path }) => !recorded.has(path) && !recorded.has(ownerOf(path)));
}

/** Surplus versions need no limit: their photos show that the store is the right one. @throws FatalError */
function ensureFew({ files, rows, orphans, surplus, missing }: SweepCounts, options: SweepOptions): void {
  if (options.isForced) return;
  const strays = Math.max(0, orphans - surplus);
  const shares = [
    { share: percentOf(strays, files), what: `${strays} of ${files} files have no row` },
    { share: percentOf(missing, rows), what: `${missing} of ${rows} rows have no file` },
  ];
  const wrong = shares.find(({ share }) => share > options.maxPercent);
  if (wrong === undefined) return;
  throw new FatalError(
    `${wrong.what} (${wrong.share.toFixed(1)} %): more than MEDIA_SWEEP_MAX_PERCENT=${options.maxPercent}, so nothing was changed`,
    {
      op: 'media sweep',
      hint: 'check that the disk is mounted, and that MEDIA_STORE and MYSQL_DATABASE belong together; then trestle-etl media sweep --remove --force',
    },
  );
}

function toKeys(rows: readonly NamedFile[]): string[] {
  return rows.map(({ media_key: key }) => key);
}

async function handle(sweep: Sweep, { orphans, missing, incomplete }: Batch): Promise<void> {
  const { active } = sweep;
  if (orphans.length + missing.length + incomplete.length === 0) return;
  const paths = orphans.map(({ path }) => path);
  const changes = { ...zeroCounts, updated: missing.length + incomplete.length, deleted: paths.length };
  await commitFenced(active, MEDIA_FILE, keepWatermark, async (session, _, at) => {
    await recordObjects(session, paths, 'remove', { run: active.id, at });
    await markDamaged(session, toKeys(missing), 'missing', active.id);
    await forgetVersions(session, toKeys(incomplete), active.id);
  });
  await removeUnnamed(sweep, paths);
  active.tally = addToTally(active.tally, MEDIA_FILE.name, changes, 0);
  active.tools.log.main.info(
    { removed: paths.length, missing: missing.length, incomplete: incomplete.length },
    'media files swept',
  );
}

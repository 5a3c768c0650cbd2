import { createHash } from 'node:crypto';
import { ConfigError, FatalError, UnavailableError } from '../../errors.ts';
import { percentOf } from '../../lib/number.ts';
import type { MediaStore } from '../../media/store.ts';
import {
  type CheckableFile,
  type Damage,
  markDamaged,
  markVerified,
  readCheckableFiles,
} from '../../record/media-check.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { commitFenced, keepWatermark, retryAfterReconnect } from '../fence.ts';
import { withRun } from '../lifecycle.ts';
import { addToTally, zeroCounts } from '../tally.ts';
import { MEDIA_FILE, type MediaTools } from './pass.ts';

export type VerifyFilesOptions = {
  /** Of the files, from 0 to 1: which ones is random. */
  readonly share: number;
  /** The largest share of files that are missing or unreadable, unless `isForced`. */
  readonly maxPercent: number;
  readonly isForced: boolean;
};

export type DamagedFile = { readonly key: string; readonly path: string; readonly damage: Damage };

export type VerifiedFiles = {
  readonly files: number;
  readonly checked: number;
  /** Bytes that were read. */
  readonly bytes: number;
  readonly missing: number;
  readonly altered: number;
  readonly unreadable: number;
  /** The first of all three. */
  readonly examples: readonly DamagedFile[];
};

type Result = {
  readonly file: CheckableFile;
  readonly bytes: number;
  readonly damage: Damage | undefined;
  /** Why it is unreadable. */
  readonly cause?: unknown;
};

const DAMAGES: readonly Damage[] = ['missing', 'altered', 'unreadable'];

const PAGE_ROWS = 500;
const PARALLEL = 4;
const MAX_EXAMPLES = 20;
/** Of fewer files a share says nothing. */
const MIN_FILES_FOR_SHARE = 20;

const NOTHING_FOUND: VerifiedFiles = {
  files: 0,
  checked: 0,
  bytes: 0,
  missing: 0,
  altered: 0,
  unreadable: 0,
  examples: [],
};

/**
 * Reads stored files again and compares their size and SHA-256 with what was stored. A file that is missing, altered or unreadable
 * becomes pending. Each page of rows is one transaction; memory does not depend on their number.
 * @throws FatalError if so many files are missing or unreadable that the store is probably another one, or broken: no file of this
 *   page becomes pending; BusyError if a download is active; what the store throws if it does not work.
 */
export async function verifyFiles(
  tools: RunTools,
  media: Pick<MediaTools, 'store'>,
  options: VerifyFilesOptions,
): Promise<VerifiedFiles> {
  let found = NOTHING_FOUND;
  await withRun(tools, { mode: 'media', resources: [], dryRun: false }, async (active) => {
    for (let after = ''; ;) {
      tools.signal.throwIfAborted();
      const rows = await retryAfterReconnect(active, () =>
        readCheckableFiles(active.connection, after, PAGE_ROWS),
      );
      const last = rows.at(-1);
      if (last === undefined) return 'success';
      after = last.media_key;
      const chosen = options.share >= 1 ? rows : rows.filter(() => tools.random() < options.share);
      const results = await checkAll(media.store, chosen, tools.signal);
      found = add(found, rows.length, results);
      logUnreadable(tools, results);
      ensureWorkingStore(found, options);
      await save(active, results);
    }
  });
  return found;
}

async function checkAll(
  store: MediaStore,
  files: readonly CheckableFile[],
  signal: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  const next = files.values();
  const isWorking = createProbe(store, signal);
  const work = async (): Promise<void> => {
    for (const file of next) results.push(await check(store, file, signal, isWorking));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}

/** @throws what the store throws, unless it works and only this file cannot be read. */
async function check(
  store: MediaStore,
  file: CheckableFile,
  signal: AbortSignal,
  isWorking: () => Promise<boolean>,
): Promise<Result> {
  try {
    return await compare(store, file, signal);
  } catch (cause) {
    const mayBeOfFile = cause instanceof ConfigError || cause instanceof UnavailableError;
    if (!mayBeOfFile || !(await isWorking())) throw cause;
    return { file, bytes: 0, damage: 'unreadable', cause };
  }
}

/** Creates the function that checks whether a store works. A store's own check must not run twice at the same time. */
function createProbe(store: MediaStore, signal: AbortSignal): () => Promise<boolean> {
  const probe = (): Promise<boolean> =>
    store.check(signal).then(
      () => true,
      () => false,
    );
  let last = Promise.resolve(true);
  return () => (last = last.then(probe));
}

async function compare(store: MediaStore, file: CheckableFile, signal: AbortSignal): Promise<Result> {
  const body = await store.open(file.store_path, signal);
  if (body === undefined) return { file, bytes: 0, damage: 'missing' };
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of body) {
    hash.update(part);
    bytes += part.length;
  }
  const isSame = bytes === Number(file.byte_size) && hash.digest('hex') === file.sha256;
  return { file, bytes, damage: isSame ? undefined : 'altered' };
}

function add(before: VerifiedFiles, rows: number, results: readonly Result[]): VerifiedFiles {
  const damaged = results.flatMap(({ file, damage }): DamagedFile[] =>
    damage === undefined ? [] : [{ key: file.media_key, path: file.store_path, damage }],
  );
  const count = (kind: Damage) => damaged.filter(({ damage }) => damage === kind).length;
  return {
    files: before.files + rows,
    checked: before.checked + results.length,
    bytes: results.reduce((sum, { bytes }) => sum + bytes, before.bytes),
    missing: before.missing + count('missing'),
    altered: before.altered + count('altered'),
    unreadable: before.unreadable + count('unreadable'),
    examples: [...before.examples, ...damaged].slice(0, MAX_EXAMPLES),
  };
}

function logUnreadable({ log }: RunTools, results: readonly Result[]): void {
  for (const { file, damage, cause: err } of results)
    if (damage === 'unreadable')
      log.main.error({ path: file.store_path, err }, 'a media file cannot be read');
}

/** @throws FatalError */
function ensureWorkingStore(
  { checked, missing, unreadable }: VerifiedFiles,
  options: VerifyFilesOptions,
): void {
  const lost = missing + unreadable;
  const percent = percentOf(lost, checked);
  if (options.isForced || checked < MIN_FILES_FOR_SHARE || percent <= options.maxPercent) return;
  throw new FatalError(
    `${lost} of ${checked} files are missing${unreadable === 0 ? '' : ' or unreadable'} (${percent.toFixed(1)} %): more than MEDIA_SWEEP_MAX_PERCENT=${options.maxPercent}`,
    {
      op: 'media verify',
      hint: 'check that MEDIA_STORE is the folder or bucket that the files were stored in, and that its disk works; then trestle-etl media verify --force',
    },
  );
}

async function save(active: ActiveRun, results: readonly Result[]): Promise<void> {
  if (results.length === 0) return;
  const keysOf = (wanted: Damage | undefined): string[] =>
    results.filter(({ damage }) => damage === wanted).map(({ file }) => file.media_key);
  const good = keysOf(undefined);
  await commitFenced(active, MEDIA_FILE, keepWatermark, async (session, _, at) => {
    await markVerified(session, good, at);
    for (const damage of DAMAGES) await markDamaged(session, keysOf(damage), damage, active.id);
  });
  const counts = {
    ...zeroCounts,
    unchanged: good.length,
    updated: results.length - good.length,
  };
  active.tally = addToTally(active.tally, MEDIA_FILE.name, counts, 0);
}

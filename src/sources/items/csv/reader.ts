import { FatalError } from '../../../errors.ts';
import type { Clock } from '../../../model/clock.ts';
import type { ItemBatch, ItemReader, ItemReadOptions, Json, Mapper } from '../../items.ts';
import type { Requester } from '../requester.ts';
import { hashShape } from '../shape.ts';
import { type Batcher, createBatcher } from './batcher.ts';
import type { Candidate, Candidates } from './candidate.ts';
import { openContent } from './content.ts';
import { examineContent } from './examine.ts';
import { fetchFile } from './fetch-file.ts';
import { locateFiles } from './locate.ts';
import { planRead } from './plan-read.ts';
import { readFile } from './read-file.ts';
import type { CsvEntry } from './settings.ts';
import { findUnsettled, isSameLook, lookAt } from './settle.ts';

export type CsvReaderOptions = {
  readonly id: string;
  readonly settings: CsvEntry;
  /** The folder of sources.yaml, which a relative path starts in. */
  readonly folder: string;
  /** The source's own folder, for a download. */
  readonly stateFolder: string;
  /** Undefined if the settings have a path. */
  readonly requester: Requester | undefined;
  readonly mapper: Mapper;
  readonly clock: Clock;
};

/** Creates a reader of CSV files. Nothing is read yet. */
export function createCsvReader(options: CsvReaderOptions): ItemReader {
  const { settings, requester, mapper } = options;
  return {
    type: 'csv',
    readShape: hashCsvRead(settings),
    mapShape: hashShape(settings.item, settings.empty),
    deletes: settings.deletes,
    server: requester?.server,
    mapper,
    read: (read, signal) => limitBatches(readSource(options, read, signal), read.maxBatches, signal),
    advice: [],
  };
}

/** A hash of what is read. */
export function hashCsvRead(settings: CsvEntry): string {
  const { path, url, delimiter, quote, encoding, columns, skip_lines: skipLines, file, item } = settings;
  return hashShape(path, url, delimiter, quote, encoding, columns, skipLines, file, item.external_id);
}

async function* limitBatches(
  batches: AsyncGenerator<ItemBatch>,
  max: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch> {
  if (max === undefined) {
    // A loop would keep each batch until it has the next one.
    yield* batches;
    return;
  }
  let count = 0;
  for await (const batch of batches) {
    yield batch;
    signal.throwIfAborted();
    count += 1;
    if (count === max) return;
  }
}

/** Finds the files, reads those that changed, and removes a download after the last batch. */
async function* readSource(
  options: CsvReaderOptions,
  read: ItemReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch> {
  signal.throwIfAborted();
  const { id, settings, folder, stateFolder, requester, clock } = options;
  const { checkpoint } = read;
  const found =
    settings.url === undefined || requester === undefined
      ? await locateFiles(id, settings.path ?? '', folder, checkpoint)
      : await fetchFile({ ...read, id, url: settings.url, folder: stateFolder, requester }, signal);
  const names = new Set(found.files.map(({ name }) => name));
  const kept = Object.entries(checkpoint?.validators ?? {}).filter(([name]) => names.has(name));
  const since = checkpoint?.position?.since ?? clock.now();
  const batcher = createBatcher(Object.fromEntries(kept), since, read.onRecords);
  let isComplete = false;
  try {
    const end = yield* readCandidates(options, read, found, batcher, signal);
    isComplete = true;
    yield batcher.take(end);
  } catch (error) {
    // A damaged download would be found complete by the next run.
    isComplete ||= error instanceof FatalError;
    if (!batcher.isEmpty() && !signal.aborted) yield batcher.take();
    throw error;
  } finally {
    if (isComplete) found.discard();
  }
}

/** Reads the files in the order of their names, up to one that may still be written: a later one may have newer values. */
async function* readCandidates(
  options: CsvReaderOptions,
  read: ItemReadOptions,
  { files, absence }: Candidates,
  batcher: Batcher,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch, ItemBatch['end']> {
  const { settings, clock } = options;
  if (absence !== undefined) {
    batcher.warn(absence.reason);
    return { outcome: absence.outcome, isWhole: false };
  }
  const plan = planRead(files, read, settings.deletes);
  const written = files.flatMap(({ path, look, isChanged }) =>
    isChanged && look !== undefined ? [{ path, look }] : [],
  );
  const unsettled = await findUnsettled(written, clock, signal);
  let [isWhole, hasRead] = [plan.readsAll, false];
  for (const file of files) {
    if (!plan.reads(file)) continue;
    if (unsettled.has(file.path)) return wait(batcher, `${file.title} is empty, or is still being written`);
    const result = yield* readCandidate(options, file, plan, batcher, signal);
    if (result === 'changed') return wait(batcher, `${file.title} was changed while it was read`);
    isWhole &&= result === 'whole';
    hasRead ||= result !== 'unchanged';
  }
  return { outcome: hasRead ? 'read' : 'unchanged', isWhole };
}

function wait(batcher: Batcher, reason: string): ItemBatch['end'] {
  batcher.warn(`${reason}: the next run reads it`);
  return { outcome: 'waiting', isWhole: false };
}

/** `changed`: what was read is not what the file has now. `partial`: its first records were read by an interrupted run. */
async function* readCandidate(
  { settings, mapper }: CsvReaderOptions,
  file: Candidate,
  plan: ReturnType<typeof planRead>,
  batcher: Batcher,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch, 'whole' | 'partial' | 'unchanged' | 'changed'> {
  const { name, title, path } = file;
  const content = await openContent(path, title, settings.file);
  try {
    const examined = await examineContent(content, settings.encoding, signal);
    const { sha256 } = examined;
    const state: Json = { ...file.state, sha256 };
    if (file.storedHash === sha256 && !plan.readsUnchanged) {
      batcher.finish(name, state);
      return 'unchanged';
    }
    const skip = plan.recordsToSkip(name, sha256);
    let record = skip;
    const { warn } = batcher;
    for await (const part of readFile({ title, content, examined, settings, mapper, skip, warn }, signal)) {
      record += part.length;
      batcher.add(part);
      if (!batcher.isFull()) continue;
      batcher.moveTo({ file: name, sha256, record });
      yield batcher.take();
      signal.throwIfAborted();
    }
    batcher.moveTo({ file: name, sha256, record });
    if (file.look !== undefined) {
      const now = await lookAt(path);
      if (now === undefined || !isSameLook(now, file.look)) return 'changed';
    }
    batcher.finish(name, state);
    return skip === 0 ? 'whole' : 'partial';
  } finally {
    await content.close();
  }
}

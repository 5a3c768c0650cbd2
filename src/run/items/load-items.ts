import { ConfigError } from '../../errors.ts';
import { prefetch } from '../../lib/prefetch.ts';
import type { RunStatus } from '../../record/run-log.ts';
import { isSameRead, type ItemBatch, type ItemReader, type ReadEnd } from '../../sources/items.ts';
import { type ActiveRun, showProgress } from '../active-run.ts';
import { ensureCapacity, isMemoryLow } from '../capacity.ts';
import { addToTally, isComplete, type Tally, toRunState, zeroCounts } from '../tally.ts';
import {
  addInSlices,
  type CollectedRecords,
  createRecordCollector,
  type RecordCollector,
} from './collect-records.ts';
import { commitItems } from './commit-items.ts';
import { deleteAbsent, type DeleteRules, hasUnseenItems, listRemade } from './delete-absent.ts';
import { type Drift, findMissingFields, startDrift } from './drift.ts';
import { isFailureOfServer, saveFailure, saveFirstRun } from './fail-items.ts';
import { describeEnd, saveEnd } from './end-items.ts';
import { describeRepeated, type KeyCounts, NO_KEYS } from './key-counts.ts';
import { type ItemsRun, startItemsRun, stateOf, toCheckpoint, withCheckpoint } from './items-run.ts';
import { remapUnprocessed } from './remap.ts';
import { finishReprocess } from './finish-reprocess.ts';

export type ItemsOptions = DeleteRules & {
  /** Reads everything, also what is unchanged, and accepts that something else is read than before. */
  readonly always: boolean;
  readonly maxBatches?: number | undefined;
};

/** What a run found out beside its counts. */
export type ItemsResult = {
  readonly status: RunStatus;
  readonly outcome: ReadEnd['outcome'];
  /** Mapped fields that no record of this run had. */
  readonly missingFields: readonly string[];
  /** What the user should know. */
  readonly warnings: readonly string[];
  /** Whether none of enough records, or of a whole list, can be an item. */
  readonly isUnusable: boolean;
};

/**
 * Reads a source from its checkpoint to its end, and stores its records, its items and the checkpoint together, batch by batch.
 * Then deletes what a complete read did not have.
 * @throws ConfigError if something else is read than before; ImplausibleDataError if too much would be deleted; the error of the
 *   source, which counts as a failure of its server.
 */
export async function loadItems(
  active: ActiveRun,
  reader: ItemReader,
  options: ItemsOptions,
): Promise<ItemsResult> {
  const run = await startItemsRun(active, reader);
  startTally(run);
  await finishReprocess(run);
  ensureSameShape(run, options.always);
  const { hasInterruptedRekey, hasUnprocessed } = run.leftovers;
  if (hasInterruptedRekey || hasUnprocessed) await remapUnprocessed(run);
  if (run.hasRemapped) await listRemade(run);
  const read = await readBatches(run, options).catch(async (error: unknown) => {
    if (error === run.failure) await (isFailureOfServer(error) ? saveFailure(run, error) : saveFirstRun(run));
    throw error;
  });
  const { end, drift, warnings } = read;
  const missingFields = findMissingFields(drift);
  const isWhole = end.outcome === 'read' && end.isWhole;
  const canDelete = reader.deletes === 'absent' && isWhole && missingFields.length === 0;
  // Their items must not count as absent.
  if (canDelete && read.keys.withoutId === 0) await deleteAbsent(run, drift.records, options);
  const kept =
    canDelete && read.keys.withoutId > 0
      ? [`${read.keys.withoutId} records have no id: nothing was deleted`]
      : [];
  run.isMappedAnew = options.always && isWhole && !(await hasUnseenItems(run));
  const notices = [
    ...warnings,
    ...describeRepeated(read.keys),
    ...kept,
    ...describeEnd(run, end, missingFields),
  ].map((warning) => active.tools.clean(warning));
  const isHeld = missingFields.length > 0 || read.last === undefined;
  const checkpoint = isHeld ? undefined : read.last.checkpoint;
  const isUnfinished = end.outcome === 'waiting' || (read.last !== undefined && read.last.end === undefined);
  if (!active.options.dryRun) await saveEnd(run, { ...end, isUnfinished }, checkpoint, notices);
  const isDone = isComplete(active.tally) && missingFields.length === 0 && end.outcome !== 'gone';
  return {
    status: isDone ? 'success' : 'partial',
    outcome: end.outcome,
    missingFields,
    warnings: notices,
    isUnusable: isUnusable(active.tally, isWhole),
  };
}

/** Fewer new records of a list prove nothing. */
const MIN_RECORDS = 20;

function isUnusable(tally: Tally, isWhole: boolean): boolean {
  const { processed, rejected } = toRunState(tally, 0).totals;
  return rejected > 0 && rejected === processed && (isWhole || processed >= MIN_RECORDS);
}

/** The stored checkpoint is of another address, query or paging. @throws ConfigError */
function ensureSameShape({ state, reader, active }: ItemsRun, always: boolean): void {
  if (always || isSameRead(state?.readShape, reader)) return;
  const { id } = active.tools.source;
  throw new ConfigError(
    `${id}: its address, external_id or another key of what is read changed, so its checkpoint is of something else`,
    {
      op: 'read the checkpoint',
      hint: `trestle-etl sources reset ${id} forgets the checkpoint; trestle-etl full-load ${id} reads everything again`,
    },
  );
}

/** The run's row has the checkpoint before the run. */
function startTally({ active, state }: ItemsRun): void {
  const value = state?.checkpoint?.value?.slice(0, 64) ?? null;
  const marks = { watermarkBefore: value, watermarkAfter: value };
  active.tally = addToTally(active.tally, active.tools.source.id, zeroCounts, 0, marks);
}

type ItemsRead = {
  readonly end: ReadEnd;
  readonly drift: Drift;
  readonly keys: KeyCounts;
  readonly last: Omit<CollectedBatch, 'pack'> | undefined;
  readonly warnings: readonly string[];
};

/** A batch without its records, which are packed. */
type CollectedBatch = Pick<ItemBatch, 'checkpoint' | 'warnings' | 'end'> & CollectedRecords;

/** Commits each batch while the next one is read. */
async function readBatches(run: ItemsRun, options: ItemsOptions): Promise<ItemsRead> {
  const { active, reader } = run;
  const { tools } = active;
  const warnings = new Set<string>();
  let [drift, keys] = [startDrift(reader.mapper.fields), NO_KEYS];
  let last: Omit<CollectedBatch, 'pack'> | undefined;
  for await (const { pack, ...batch } of prefetch(packBatches(run, options), undefined, () =>
    isMemoryLow(tools),
  )) {
    last = batch;
    ({ drift, keys } = batch);
    for (const each of batch.warnings) warnings.add(each);
    // A field that no record had so far may have been renamed: until it is known, the checkpoint does not move. After a whole
    // read the checkpoint moves when what is absent was deleted.
    const isHeld = drift.unseen.length > 0 || (reader.deletes === 'absent' && batch.end !== undefined);
    const next = isHeld ? undefined : withCheckpoint(stateOf(run), reader, batch.checkpoint);
    await commitItems(run, { pack, next, isRead: true });
    showProgress(active, { name: tools.source.id });
    ensureCapacity(tools);
    tools.signal.throwIfAborted();
  }
  const end = last?.end ?? { outcome: 'read', isWhole: false };
  return { end, drift, keys, last, warnings: [...warnings] };
}

/** Packs the records of a batch while the batch before it is stored: as they are read, if the reader can pass them on. */
async function* packBatches(run: ItemsRun, options: ItemsOptions): AsyncGenerator<CollectedBatch> {
  const { active, method, reader } = run;
  const collector = createRecordCollector(reader.mapper.fields, { method, maxBytes: active.maxBytes });
  const rest = readRemembering(run, options, collector.add);
  try {
    for (;;) {
      // Not in this function: a local variable would keep the records until the next batch.
      const packed = await packNext(rest, collector);
      if (packed === undefined) return;
      yield packed;
    }
  } finally {
    await rest.return(undefined);
  }
}

async function packNext(
  batches: AsyncIterator<ItemBatch>,
  collector: RecordCollector,
): Promise<CollectedBatch | undefined> {
  const next = await batches.next();
  if (next.done === true) return undefined;
  const { records, checkpoint, warnings, end } = next.value;
  await addInSlices(collector, records);
  return { checkpoint, warnings, ...(end !== undefined && { end }), ...collector.take() };
}

/** Reads, and remembers an error of the source: it is stored when no commit is in progress. */
async function* readRemembering(
  run: ItemsRun,
  { always, maxBatches }: ItemsOptions,
  onRecords: RecordCollector['add'],
): AsyncGenerator<ItemBatch> {
  const { active, reader, state } = run;
  const checkpoint = always || state === undefined ? undefined : toCheckpoint(state);
  const { signal } = active.tools;
  try {
    yield* reader.read({ checkpoint, always, maxBatches, onRecords }, signal);
  } catch (error) {
    run.failure = error;
    throw error;
  }
}

import type { ReleaseTable } from '../../dataset/release-table.ts';
import { type Conflict, stagePacked } from '../../load/release/stage-rows.ts';
import { prefetch } from '../../lib/prefetch.ts';
import { type FileProgress, moveFile } from '../../record/import.ts';
import { addUnconverted, type ImportReject, saveRejects } from '../../record/import-quality.ts';
import { saveRun } from '../../record/run-log.ts';
import type { ReleaseFile, ReleaseReader } from '../../sources/release.ts';
import { type ActiveRun, showProgress } from '../active-run.ts';
import { ensureCapacity } from '../capacity.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { addToTally, countPage, toRunState, zeroCounts } from '../tally.ts';
import { type PackedBatch, packBatches } from './pack-batches.ts';
import type { StagingTable } from './staging-table.ts';
import { widenColumns } from './widen-columns.ts';

/** Loads a file into a staged table, from where an earlier run stopped. */
export async function stageFile(
  active: ActiveRun,
  reader: ReleaseReader,
  staging: StagingTable,
  file: ReleaseFile,
  known: FileProgress | undefined,
): Promise<void> {
  if (known?.isComplete === true) return;
  let progress = known;
  const from = known === undefined ? undefined : { line: known.lines, offset: known.offset };
  const { signal } = active.tools;
  const batches = packBatches(reader.read(file, from, signal), { ...staging, year: file.year });
  for await (const batch of prefetch(batches)) {
    await widenColumns(active, staging, batch.longer);
    progress = await commitLines(active, staging, file, progress, batch);
    showProgress(active, { name: staging.table.table });
    ensureCapacity(active.tools);
    signal.throwIfAborted();
  }
  await completeFile(active, staging, file, progress);
}

/** Stores rows, rejects, the place in the file and the run's counts in one transaction. */
async function commitLines(
  active: ActiveRun,
  { id, table }: StagingTable,
  file: ReleaseFile,
  progress: FileProgress | undefined,
  batch: PackedBatch,
): Promise<FileProgress> {
  const { tools } = active;
  const done = await commitFenced(
    active,
    { name: tools.source.id },
    keepWatermark,
    async (session, _, at) => {
      const result = await stagePacked(session, batch.packs);
      const rejects = [
        ...batch.rejects.map((reject) => ({ ...placeOf(table, file), ...reject })),
        ...result.conflicts.map((conflict) => describeConflict(table, file, batch.next.offset, conflict)),
      ];
      await saveRejects(session, id, rejects);
      for (const each of batch.unconverted) await addUnconverted(session, id, table.table, each);
      const next = addBatch(progress ?? startOf(table, file), batch, result, rejects.length);
      await moveFile(session, id, progress, next, at);
      const counts = countPage({
        ...zeroCounts,
        inserted: result.stored,
        unchanged: result.duplicates,
        rejected: rejects.length,
        fieldIssues: batch.unconverted.reduce((sum, { count }) => sum + count, 0),
      });
      const tally = addToTally(active.tally, table.table, counts, 1);
      await saveRun(session, active.id, toRunState(tally, tools.source.requests()), tools.clock.now());
      return { next, tally };
    },
  );
  active.tally = done.tally;
  return done.next;
}

async function completeFile(
  active: ActiveRun,
  { id, table }: StagingTable,
  file: ReleaseFile,
  progress: FileProgress | undefined,
): Promise<void> {
  await commitFenced(active, { name: active.tools.source.id }, keepWatermark, (session, _, at) =>
    moveFile(session, id, progress, { ...(progress ?? startOf(table, file)), isComplete: true }, at),
  );
}

function placeOf({ table }: ReleaseTable, { year, archive, member }: ReleaseFile) {
  return { table, year, archive, member };
}

function startOf(table: ReleaseTable, file: ReleaseFile): FileProgress {
  return {
    ...placeOf(table, file),
    lines: 0,
    offset: 0,
    rows: 0,
    rejects: 0,
    skipped: 0,
    duplicates: 0,
    isComplete: false,
  };
}

function addBatch(
  before: FileProgress,
  batch: PackedBatch,
  result: { readonly stored: number; readonly duplicates: number },
  rejects: number,
): FileProgress {
  return {
    ...before,
    lines: batch.next.line,
    offset: batch.next.offset,
    rows: before.rows + result.stored,
    rejects: before.rejects + rejects,
    skipped: before.skipped + batch.skipped,
    duplicates: before.duplicates + result.duplicates,
  };
}

/** A row whose key is stored with other values. Its line is made from its values: only lines that are no rows are kept whole. */
function describeConflict(
  table: ReleaseTable,
  file: ReleaseFile,
  offset: number,
  { line, row }: Conflict,
): ImportReject {
  return {
    ...placeOf(table, file),
    line,
    offset,
    reason: 'duplicate-key',
    message: `another line has the same ${table.key?.join(', ')} with other values`,
    raw: row
      .map((value) => value ?? '')
      .join('\t')
      .slice(0, 4096),
  };
}

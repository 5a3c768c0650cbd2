import { readColumns } from '../../db/columns.ts';
import type { Session } from '../../db/pool.ts';
import { chunk } from '../../lib/chunk.ts';
import { findColumnProblems } from '../../load/column-problems.ts';
import { tablesOf } from '../../load/parts.ts';
import { readRows, readPayloadSizes } from '../../load/stored-rows.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { StoredRow } from '../../model/stored-row.ts';
import { isPending, readAddedFields } from '../../record/added-field.ts';
import { createRederiver, type Rederivation } from '../../transform/rederive.ts';
import type { RunTools } from '../active-run.ts';

/** The result of comparing the rows of a dataset with their payloads. */
export type StoredCounts = {
  rows: number;
  /** Rows with a column, or a payload, that differs from what was sent. */
  different: number;
  /** Different rows that were rewritten and are correct now. */
  repaired: number;
  /** Columns that still differ after a rewrite, such as `properties.list_price`; `_raw` tables for payloads. */
  unchangeable: string[];
  /** Rows with an unreadable payload, which have to be fetched again. */
  unreadable: number;
  /** Rows without a payload, which cannot be checked. */
  withoutPayload: number;
  /** The oldest version of the unreadable rows, `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  unreadableSince: string | undefined;
};

/** One difference of a row; `field` is undefined if it is the payload. */
export type StoredFinding = {
  readonly resource: string;
  readonly key: string;
  readonly field: string | undefined;
  readonly stored: string | null;
  readonly expected: string | null;
};

export type CheckedRow = { readonly row: StoredRow; readonly verdict: Rederivation };

/** The scan of a dataset's rows. */
export type StoredScan = {
  readonly dataset: Dataset;
  /** Indexes of fields that are not compared: their columns are missing or not filled yet. */
  readonly excluded: ReadonlySet<number>;
  readonly check: (row: StoredRow) => Rederivation;
};

const KEY_BATCH_SIZE = 2000;
const ROW_BATCH_SIZE = 200;
/** Bytes of payloads in memory at a time; a larger one is held alone. */
const MAX_BYTES = 4 * 1024 * 1024;

export async function startScan(session: Session, dataset: Dataset): Promise<StoredScan> {
  const columns = new Map<string, Awaited<ReturnType<typeof readColumns>>>();
  for (const table of tablesOf(dataset)) columns.set(table, await readColumns(session, table));
  const pending = (await readAddedFields(session)).filter(
    (added) => added.resource === dataset.name && isPending(added),
  );
  const names = new Set([
    ...findColumnProblems(columns, dataset).missing.map(({ name }) => name),
    ...pending.map(({ field }) => field),
  ]);
  const excluded = new Set(dataset.fields.flatMap(({ name }, index) => (names.has(name) ? [index] : [])));
  return { dataset, excluded, check: createRederiver(dataset, excluded) };
}

/** Reads and checks every row in the order of the keys, a few megabytes at a time. */
export async function* checkRows(
  tools: Pick<RunTools, 'signal' | 'progress' | 'source'>,
  session: Session,
  { dataset, excluded, check }: StoredScan,
): AsyncGenerator<CheckedRow[]> {
  let processed = 0;
  for (let last = '', pages = 1; ; pages += 1) {
    const keys = await readPayloadSizes(session, dataset, last, KEY_BATCH_SIZE);
    if (keys.length === 0) return;
    last = keys.at(-1)!.key;
    for (const part of chunk(keys, ROW_BATCH_SIZE, MAX_BYTES, ({ bytes }) => bytes ?? 0)) {
      tools.signal.throwIfAborted();
      const rows = await readRows(
        session,
        dataset,
        part.map(({ key }) => key),
        excluded,
        false,
      );
      yield rows.map((row) => ({ row, verdict: check(row) }));
      processed += part.length;
      const calls = tools.source.requests();
      tools.progress.show(dataset.name, { processed, pages, calls, left: undefined, expected: undefined });
    }
  }
}

export function zeroStoredCounts(): StoredCounts {
  return {
    rows: 0,
    different: 0,
    repaired: 0,
    unchangeable: [],
    unreadable: 0,
    withoutPayload: 0,
    unreadableSince: undefined,
  };
}

/** Counts a row and reports its differences. */
export function countChecked(
  { dataset }: StoredScan,
  counts: StoredCounts,
  { row, verdict }: CheckedRow,
  report: (finding: StoredFinding) => void,
): void {
  counts.rows += 1;
  const at = { resource: dataset.name, key: row.key };
  if (verdict.kind === 'without payload') counts.withoutPayload += 1;
  else if (verdict.kind === 'unreadable') {
    counts.unreadable += 1;
    const version = row.values[dataset.fields.findIndex(({ name }) => name === dataset.version)] ?? '';
    if (version < (counts.unreadableSince ?? '~')) counts.unreadableSince = version;
    report({ ...at, field: undefined, stored: verdict.why, expected: null });
  } else if (isDifferent(verdict)) {
    counts.different += 1;
    for (const { field, stored, expected } of verdict.differences) {
      report({ ...at, field: field.name, stored, expected });
    }
    if (verdict.payload !== undefined) {
      report({ ...at, field: undefined, stored: row.payload, expected: verdict.payload });
    }
  }
}

/** Adds the columns that still differ after a rewrite. @returns how many of the rows differ. */
export function countUnchangeable(
  { dataset }: StoredScan,
  counts: StoredCounts,
  checked: readonly CheckedRow[],
): number {
  const columns = checked.flatMap(({ verdict }) => {
    if (verdict.kind !== 'compared') return [];
    const own = verdict.differences.map(({ field }) => `${field.table ?? dataset.table}.${field.column}`);
    return verdict.payload === undefined ? own : [...own, `${dataset.rawTable}.payload`];
  });
  counts.unchangeable = [...new Set([...counts.unchangeable, ...columns])].sort();
  return checked.filter(({ verdict }) => isDifferent(verdict)).length;
}

export function isDifferent(verdict: Rederivation): boolean {
  return verdict.kind === 'compared' && (verdict.differences.length > 0 || verdict.payload !== undefined);
}

/**
 * Derives every column of every row from its stored payload, and reports each difference. Writes nothing and sends no
 * request. A row that a run writes at the same time is read as it was before or after the write.
 */
export async function verifyStored(
  tools: RunTools,
  dataset: Dataset,
  report: (finding: StoredFinding) => void,
): Promise<StoredCounts> {
  const scan = await startScan(tools.database, dataset);
  const counts = zeroStoredCounts();
  for await (const checked of checkRows(tools, tools.database, scan)) {
    for (const each of checked) countChecked(scan, counts, each, report);
  }
  return counts;
}

import type { Session } from '../../db/pool.ts';
import { markStale } from '../../load/mark-stale.ts';
import { type RowRewrite, rewriteRows } from '../../load/rewrite.ts';
import { readRows } from '../../load/stored-rows.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Counts } from '../../model/counts.ts';
import type { Row } from '../../model/row.ts';
import { markChildSetsStale } from '../../record/stale-parents.ts';
import { saveFieldIssues } from '../../record/field-issue.ts';
import { saveRun } from '../../record/run-log.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import {
  startScan,
  countChecked,
  countUnchangeable,
  isDifferent,
  type CheckedRow,
  checkRows,
  type StoredCounts,
  type StoredFinding,
  type StoredScan,
  zeroStoredCounts,
} from './stored.ts';
import { countPage, zeroCounts, addToTally, toRunState } from '../tally.ts';
import { parentLink } from '../../dataset/reading.ts';

/**
 * Rewrites the rows that differ from their payloads and compares them again, each part in a transaction that locks the
 * watermark and the rows. Rows with an unreadable payload are marked as stale, so that the next fetch writes them.
 */
export async function repairStored(
  active: ActiveRun,
  dataset: Dataset,
  report: (finding: StoredFinding) => void,
): Promise<StoredCounts> {
  const { connection, tools } = active;
  const scan = await startScan(connection, dataset);
  const counts = zeroStoredCounts();
  for await (const checked of checkRows(tools, connection, scan)) {
    const broken = checked.filter(({ verdict }) => verdict.kind === 'unreadable' || isDifferent(verdict));
    const intact = checked.filter((each) => !broken.includes(each));
    for (const each of intact) countChecked(scan, counts, each, report);
    active.tally = addToTally(active.tally, dataset.name, countRewritten(0, intact.length), 1);
    if (broken.length === 0) continue;
    const keys = broken.map(({ row }) => row.key);
    await repairPortion(active, scan, keys, { counts, report });
  }
  return counts;
}

type RepairTotals = { readonly counts: StoredCounts; readonly report: (finding: StoredFinding) => void };

async function repairPortion(
  active: ActiveRun,
  scan: StoredScan,
  keys: readonly string[],
  { counts, report }: RepairTotals,
): Promise<void> {
  const { tools, id } = active;
  const { dataset } = scan;
  const done = await commitFenced(active, dataset, keepWatermark, async (session, _, at) => {
    const checked = await checkLockedRows(session, scan, keys);
    const updated = await rewriteDifferent(active, session, scan, checked, at);
    await markUnreadable(session, scan, checked);
    const page = countRewritten(updated, checked.length - updated);
    const tally = addToTally(active.tally, dataset.name, page, 0);
    await saveRun(session, id, toRunState(tally, tools.source.requests()), tools.clock.now());
    // The server may have stored other values: a narrower column, a trigger.
    return { checked, tally, after: await checkLockedRows(session, scan, keys) };
  });
  active.tally = done.tally;
  const before = done.checked.filter(({ verdict }) => isDifferent(verdict)).length;
  counts.repaired += before - countUnchangeable(scan, counts, done.after);
  for (const each of done.checked) countChecked(scan, counts, each, report);
}

function countRewritten(updated: number, unchanged: number): Counts {
  return countPage({ ...zeroCounts, updated, unchanged });
}

/** Checks the rows again under a lock: another command may have written them since. */
async function checkLockedRows(
  session: Session,
  scan: StoredScan,
  keys: readonly string[],
): Promise<CheckedRow[]> {
  const rows = await readRows(session, scan.dataset, keys, scan.excluded, true);
  return rows.map((row) => ({ row, verdict: scan.check(row) }));
}

/** @returns how many rows were written. */
async function rewriteDifferent(
  { id, maxBytes }: ActiveRun,
  session: Session,
  { dataset, excluded }: StoredScan,
  checked: readonly CheckedRow[],
  at: string,
): Promise<number> {
  const rows = checked.flatMap(({ row, verdict }): (RowRewrite & Pick<Row, 'issues'>)[] => {
    if (verdict.kind !== 'compared' || !isDifferent(verdict)) return [];
    const expected = new Map(verdict.differences.map((each) => [each.index, each.expected]));
    const values = row.values.map((value, index) => (expected.has(index) ? expected.get(index)! : value));
    const { payload, issues } = verdict;
    return [{ key: row.key, hash: row.hash, values, payload, issues }];
  });
  const bytes = Math.min(maxBytes, (session.maxStatementBytes ?? Infinity) / 2);
  const refused = await rewriteRows(session, dataset, rows, {
    runId: id,
    at,
    maxBytes: bytes,
    skipped: excluded,
  });
  const written = rows.filter(({ key }) => !refused.has(key));
  await saveFieldIssues(session, dataset.name, written, id, at);
  return written.length;
}

async function markUnreadable(
  session: Session,
  { dataset }: StoredScan,
  checked: readonly CheckedRow[],
): Promise<void> {
  const rows = checked.filter(({ verdict }) => verdict.kind === 'unreadable').map(({ row }) => row);
  await markStale(
    session,
    dataset,
    rows.map(({ key }) => key),
  );
  const parent = parentLink(dataset);
  if (parent === undefined) return;
  const index = dataset.fields.findIndex(({ name }) => name === parent.field);
  await markChildSetsStale(
    session,
    dataset,
    [...new Set(rows.map(({ values }) => values[index] ?? ''))].sort(),
  );
}

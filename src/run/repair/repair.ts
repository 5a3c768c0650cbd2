import type { Session } from '../../db/pool.ts';
import { markStale } from '../../load/mark-stale.ts';
import { type RowRewrite, rewriteRows } from '../../load/rewrite.ts';
import { readRows } from '../../load/stored-rows.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Counts } from '../../model/counts.ts';
import type { Row } from '../../model/row.ts';
import { markDue } from '../../record/due.ts';
import { saveFieldIssues } from '../../record/field-issue.ts';
import { saveRun } from '../../record/run-log.ts';
import type { Active } from '../active.ts';
import { fenced, stay } from '../fence.ts';
import {
  beginScan,
  countJudged,
  countUnchangeable,
  isDifferent,
  type Judged,
  judgeRows,
  type StoredCounts,
  type StoredFinding,
  type StoredScan,
  zeroStored,
} from './stored.ts';
import { counted, nothing, tallied, toRunState } from '../tally.ts';
import { parentLink } from '../../dataset/reading.ts';

/**
 * Rewrites the rows that differ from their payloads, each portion in a transaction that holds the watermark and the rows,
 * and compares them again.
 * Rows whose payload cannot be read are marked as outdated, so that they are written when they are next fetched.
 */
export async function repairStored(
  active: Active,
  resource: Dataset,
  report: (finding: StoredFinding) => void,
): Promise<StoredCounts> {
  const { connection, tools } = active;
  const scan = await beginScan(connection, resource);
  const counts = zeroStored();
  for await (const judged of judgeRows(tools, connection, scan)) {
    const wrong = judged.filter(({ verdict }) => verdict.kind === 'unreadable' || isDifferent(verdict));
    const right = judged.filter((each) => !wrong.includes(each));
    for (const each of right) countJudged(scan, counts, each, report);
    active.tally = tallied(active.tally, resource.name, pageOf(0, right.length), 1);
    if (wrong.length === 0) continue;
    const keys = wrong.map(({ row }) => row.key);
    await repairPortion(active, scan, keys, { counts, report });
  }
  return counts;
}

type Totals = { readonly counts: StoredCounts; readonly report: (finding: StoredFinding) => void };

async function repairPortion(
  active: Active,
  scan: StoredScan,
  keys: readonly string[],
  { counts, report }: Totals,
): Promise<void> {
  const { tools, id } = active;
  const { resource } = scan;
  const done = await fenced(active, resource, stay, async (session, _, at) => {
    const judged = await judgeLocked(session, scan, keys);
    const updated = await rewrite(active, session, scan, judged, at);
    await markUnreadable(session, scan, judged);
    const page = pageOf(updated, judged.length - updated);
    const tally = tallied(active.tally, resource.name, page, 0);
    await saveRun(session, id, toRunState(tally, tools.source.requests()), tools.clock.now());
    // The server may have taken the values and stored others: a column that holds less, a trigger.
    return { judged, tally, after: await judgeLocked(session, scan, keys) };
  });
  active.tally = done.tally;
  const before = done.judged.filter(({ verdict }) => isDifferent(verdict)).length;
  counts.repaired += before - countUnchangeable(scan, counts, done.after);
  for (const each of done.judged) countJudged(scan, counts, each, report);
}

function pageOf(updated: number, unchanged: number): Counts {
  return counted({ ...nothing, updated, unchanged });
}

/** Judges them again: another command may have written them since. */
async function judgeLocked(session: Session, scan: StoredScan, keys: readonly string[]): Promise<Judged[]> {
  const rows = await readRows(session, scan.resource, keys, scan.left, true);
  return rows.map((row) => ({ row, verdict: scan.judge(row) }));
}

/** @returns how many rows were written. */
async function rewrite(
  { id, maxBytes }: Active,
  session: Session,
  { resource, left }: StoredScan,
  judged: readonly Judged[],
  at: string,
): Promise<number> {
  const rows = judged.flatMap(({ row, verdict }): (RowRewrite & Pick<Row, 'issues'>)[] => {
    if (verdict.kind !== 'compared' || !isDifferent(verdict)) return [];
    const expected = new Map(verdict.differences.map((each) => [each.place, each.expected]));
    const values = row.values.map((value, place) => (expected.has(place) ? expected.get(place)! : value));
    const { payload, issues } = verdict;
    return [{ key: row.key, hash: row.hash, values, payload, issues }];
  });
  const bytes = Math.min(maxBytes, (session.maxStatementBytes ?? Infinity) / 2);
  const refused = await rewriteRows(session, resource, rows, {
    runId: id,
    at,
    maxBytes: bytes,
    skipped: left,
  });
  const written = rows.filter(({ key }) => !refused.has(key));
  await saveFieldIssues(session, resource.name, written, id, at);
  return written.length;
}

async function markUnreadable(
  session: Session,
  { resource }: StoredScan,
  judged: readonly Judged[],
): Promise<void> {
  const rows = judged.filter(({ verdict }) => verdict.kind === 'unreadable').map(({ row }) => row);
  await markStale(
    session,
    resource,
    rows.map(({ key }) => key),
  );
  const parent = parentLink(resource);
  if (parent === undefined) return;
  const place = resource.fields.findIndex(({ name }) => name === parent.field);
  await markDue(session, resource, [...new Set(rows.map(({ values }) => values[place] ?? ''))].sort());
}

import type { Session } from '../../db/pool.ts';
import {
  compareItems,
  dedupeItems,
  type ItemDifference,
  isUnchanged,
} from '../../load/items/compare-items.ts';
import type { ItemWrite } from '../../load/items/pack-items.ts';
import { hasStoredItems, readStoredItems } from '../../load/items/stored-items.ts';
import { insertAllNew, writeItems } from '../../load/items/write-items.ts';
import type { ItemState } from '../../record/item-checkpoint.ts';
import { saveRun } from '../../record/run-log.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { addToTally, countPage, type Tally, toRunState, zeroCounts } from '../tally.ts';
import { type ItemsRun, saveState, scopeOf } from './items-run.ts';
import type { RecordPack, Remark } from './pack-records.ts';

/** Records that are committed together, and the state after them. */
export type ItemsCommit = {
  readonly pack: RecordPack;
  readonly next: ItemState | undefined;
  /** Whether records are a batch of the source: then they are counted as a page, and deleted items among them return. */
  readonly isRead: boolean;
};

/**
 * Commits raw records, items, the checkpoint and the run's counts in one transaction. Compares first: if nothing changed, nothing
 * is written, and the counts are stored with the next commit or at the end of the run.
 */
export async function commitItems(run: ItemsRun, commit: ItemsCommit): Promise<void> {
  const { active, state } = run;
  const { pack, next } = commit;
  const writes = dedupeItems(pack.writes);
  const isFirst = await isFirstLoad(run, writes);
  const compared = isFirst ? undefined : await compareStored(run, active.connection, writes, commit.isRead);
  const hasMoved = next !== undefined && !isSame(state, next);
  if (compared !== undefined && (active.options.dryRun || (isUnchanged(compared) && !hasMoved))) {
    active.tally = addCounts(run, commit, writes, compared, new Map());
    run.seen.add(compared.ids);
    return;
  }
  const name = active.tools.source.id;
  const done = await commitFenced(active, { name }, keepWatermark, async (session, _, at) => {
    const scope = scopeOf(run, at, commit.isRead);
    const isInserted = isFirst && (await insertAllNew(session, pack, writes, scope));
    const difference = isInserted
      ? asNew(writes)
      : (compared ?? (await compareStored(run, session, writes, commit.isRead)));
    const refused = isInserted
      ? new Map<ItemWrite, string>()
      : await writeItems(session, pack, difference, scope);
    const saved = next === undefined ? state : await saveState(session, run, next);
    const tally = addCounts(run, commit, writes, difference, refused);
    const { clock, source } = active.tools;
    await saveRun(session, active.id, toRunState(tally, source.requests()), clock.now());
    return { tally, saved, refused, difference, isInserted };
  });
  active.tally = done.tally;
  run.state = done.saved;
  run.seen.add(done.difference.ids);
  // A key was repeated: from now on, records are compared.
  if (isFirst && !done.isInserted) run.isEmpty = false;
  const changed = new Set([...done.difference.newRaw, ...done.difference.changedRaw].map(({ key }) => key));
  logQuality(run, pack.remarks, changed, done.refused);
}

/** Smaller commits compare quickly, and looking for any record takes a statement too. */
const MIN_FIRST_RECORDS = 500;

/** Whether nothing of the source was stored before this run: then its records are not compared, but tried as new ones. */
async function isFirstLoad(run: ItemsRun, writes: readonly ItemWrite[]): Promise<boolean> {
  const { active, method, reader } = run;
  if (method !== 'local' || active.options.dryRun || !active.hasTables) return false;
  if (writes.length < MIN_FIRST_RECORDS && run.isEmpty === undefined) return false;
  if (writes.length === 0 || writes.some(({ itemHash }) => itemHash === undefined)) return false;
  const { type } = reader;
  run.isEmpty ??= !(await hasStoredItems(active.connection, { type, name: active.tools.source.id }));
  return run.isEmpty;
}

/** This run holds the source's lock: nothing changes between this query and the commit, which is fenced. */
async function compareStored(
  { active, reader }: ItemsRun,
  session: Session,
  writes: readonly ItemWrite[],
  revives: boolean,
): Promise<ItemDifference> {
  const source = { type: reader.type, name: active.tools.source.id };
  const keys = writes.map(({ key }) => key);
  const stored = active.hasTables ? await readStoredItems(session, source, keys) : new Map<string, never>();
  return compareItems(writes, stored, revives);
}

function asNew(writes: readonly ItemWrite[]): ItemDifference {
  return compareItems(writes, new Map());
}

/** The tally with the counts of a commit. */
function addCounts(
  { active, state }: ItemsRun,
  { pack, next, isRead }: ItemsCommit,
  writes: readonly ItemWrite[],
  difference: ItemDifference,
  refused: ReadonlyMap<ItemWrite, string>,
): Tally {
  const inserted = difference.newItems.filter((write) => !refused.has(write));
  const updated = difference.changedItems.filter((write) => !refused.has(write));
  const counts = countPage({
    ...zeroCounts,
    ...countIssues(pack.remarks, [...inserted, ...updated]),
    inserted: inserted.length,
    updated: updated.length,
    unchanged: difference.unchanged,
    rejected: difference.rejected + refused.size,
    older: pack.writes.length - writes.length,
  });
  return addToTally(active.tally, active.tools.source.id, counts, isRead ? 1 : 0, {
    watermarkAfter: (next ?? state)?.checkpoint?.value?.slice(0, 64) ?? null,
  });
}

function isSame(state: ItemState | undefined, next: ItemState): boolean {
  return state !== undefined && JSON.stringify(state) === JSON.stringify(next);
}

/** Notes of the items that are written. */
function countIssues(remarks: readonly Remark[], written: readonly ItemWrite[]) {
  let fieldIssues = 0;
  let altered = 0;
  const keys = new Set(remarks.length === 0 ? [] : written.map(({ key }) => key));
  for (const { key, notes } of remarks) {
    if (notes.length === 0 || !keys.has(key)) continue;
    fieldIssues += notes.length;
    altered += 1;
  }
  return { fieldIssues, altered };
}

function logQuality(
  { active: { tools } }: ItemsRun,
  remarks: readonly Remark[],
  changed: ReadonlySet<string>,
  refused: ReadonlyMap<ItemWrite, string>,
): void {
  const { quality } = tools.log;
  const resource = tools.source.id;
  for (const [{ key }, message] of refused)
    quality.warn({ resource, key, reasons: [message] }, 'the database refused an item');
  for (const { key, error, notes, place } of remarks) {
    if (!changed.has(key)) continue;
    if (error !== undefined) quality.warn({ resource, key, place, reasons: [error] }, 'not an item');
    else if (notes.length > 0) quality.warn({ resource, key, place, issues: notes }, 'stored with notes');
  }
}

import { compareItems, dedupeItems, isUnchanged, type ItemWrite } from '../../load/items/compare-items.ts';
import { readStoredItems } from '../../load/items/stored-items.ts';
import { writeItems } from '../../load/items/write-items.ts';
import type { ItemState } from '../../record/item-checkpoint.ts';
import { saveRun } from '../../record/run-log.ts';
import type { ItemRecord } from '../../sources/items.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { addToTally, countPage, toRunState, zeroCounts } from '../tally.ts';
import { type ItemsRun, saveState, scopeOf } from './items-run.ts';
import { toWrite } from './to-writes.ts';

/** Records that are committed together, and the state after them. */
export type ItemsCommit = {
  readonly records: readonly Omit<ItemRecord, 'missing'>[];
  readonly next: ItemState | undefined;
  /** Whether records are a batch of the source: then they are counted as a page, and deleted items among them return. */
  readonly isRead: boolean;
};

/**
 * Commits raw records, items, the checkpoint and the run's counts in one transaction. Compares first: if nothing changed, nothing
 * is written, and the counts are stored with the next commit or at the end of the run.
 */
export async function commitItems(run: ItemsRun, { records, next, isRead }: ItemsCommit): Promise<void> {
  const { active, reader, seen, state } = run;
  const { tools, connection, maxBytes } = active;
  const { id: name } = tools.source;
  const all = records.map((record) => toWrite(record, maxBytes));
  const writes = dedupeItems(all);
  const keys = writes.map(({ key }) => key);
  // This run holds the source's lock: nothing changes between this query and the commit, which is fenced.
  const stored = active.hasTables
    ? await readStoredItems(connection, { type: reader.type, name }, keys)
    : new Map<string, never>();
  const difference = compareItems(writes, stored, isRead);
  seen.add(difference.ids);
  const countsOf = (refused: ReadonlyMap<ItemWrite, string>) => {
    const failed = [...refused.keys()];
    const inserted = difference.newItems.filter((write) => !failed.includes(write));
    const updated = difference.changedItems.filter((write) => !failed.includes(write));
    const issues = countIssues(records, new Set([...inserted, ...updated].map(({ key }) => key)));
    return countPage({
      ...zeroCounts,
      ...issues,
      inserted: inserted.length,
      updated: updated.length,
      unchanged: difference.unchanged,
      rejected: difference.rejected + failed.length,
      older: all.length - writes.length,
    });
  };
  const tallyWith = (refused: ReadonlyMap<ItemWrite, string>) =>
    addToTally(active.tally, name, countsOf(refused), isRead ? 1 : 0, {
      watermarkAfter: (next ?? state)?.checkpoint?.value?.slice(0, 64) ?? null,
    });
  const hasNews = !isUnchanged(difference) || (next !== undefined && !isSame(state, next));
  if (active.options.dryRun || !hasNews) {
    active.tally = tallyWith(new Map());
    return;
  }
  const done = await commitFenced(active, { name }, keepWatermark, async (session, _, at) => {
    const refused = await writeItems(session, difference, scopeOf(run, at, isRead));
    const saved = next === undefined ? state : await saveState(session, run, next);
    const tally = tallyWith(refused);
    await saveRun(session, active.id, toRunState(tally, tools.source.requests()), tools.clock.now());
    return { tally, saved, refused };
  });
  active.tally = done.tally;
  run.state = done.saved;
  const changed = new Set([...difference.newRaw, ...difference.changedRaw].map(({ key }) => key));
  logQuality(run, records, changed, done.refused);
}

function isSame(state: ItemState | undefined, next: ItemState): boolean {
  return state !== undefined && JSON.stringify(state) === JSON.stringify(next);
}

/** Notes of the items that are written. */
function countIssues(records: ItemsCommit['records'], written: ReadonlySet<string>) {
  let fieldIssues = 0;
  let altered = 0;
  for (const { key, notes } of records) {
    if (notes.length === 0 || !written.has(key)) continue;
    fieldIssues += notes.length;
    altered += 1;
  }
  return { fieldIssues, altered };
}

function logQuality(
  { active: { tools } }: ItemsRun,
  records: ItemsCommit['records'],
  changed: ReadonlySet<string>,
  refused: ReadonlyMap<ItemWrite, string>,
): void {
  const { quality } = tools.log;
  const resource = tools.source.id;
  for (const [{ key }, message] of refused)
    quality.warn({ resource, key, reasons: [message] }, 'the database refused an item');
  for (const { key, error, notes, place } of records) {
    if (!changed.has(key)) continue;
    if (error !== undefined) quality.warn({ resource, key, place, reasons: [error] }, 'not an item');
    else if (notes.length > 0) quality.warn({ resource, key, place, issues: notes }, 'stored with notes');
  }
}

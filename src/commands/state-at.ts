import { fullSqlDateTime } from '../lib/time.ts';
import { RETURNED } from '../load/changes.ts';
import type { DeletionOf, Kept, Watched } from '../record/history.ts';

/** What the database has of a listing. */
export type Known = {
  readonly row: Watched | undefined;
  readonly changes: readonly Kept[];
  readonly deletions: readonly DeletionOf[];
};

/** How a listing stood at a time; times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type State = {
  /** `unknown`: it is not here, and nothing was kept. */
  readonly state: 'known' | 'not yet' | 'deleted' | 'unknown';
  /** Since when it was here, or deleted. */
  readonly since: string | null;
  readonly values: Readonly<Record<string, Value>>;
};

type Value = {
  readonly value: string | null;
  /** Which change brought it; null where none was kept before. */
  readonly since: string | null;
  readonly run: number | null;
  /** Which one ended it. */
  readonly until: string | null;
};

/** What was known of these fields at a time, from what is here now and every change that was kept. */
export function stateAt({ row, changes, deletions }: Known, fields: readonly string[], at: string): State {
  const created = row === undefined ? undefined : fullSqlDateTime(row.createdAt);
  const nothing = { since: null, values: {} };
  if (row === undefined && changes.length === 0) return { state: 'unknown', ...nothing };
  if (created !== undefined && created > at) return { state: 'not yet', since: created, values: {} };
  const values = Object.fromEntries(
    fields.map((field) => [
      field,
      valueAt(
        row,
        changes.filter((change) => change.field === field),
        field,
        at,
      ),
    ]),
  );
  const deleted = deletedAt(row, changes, deletions, at);
  return deleted === undefined
    ? { state: 'known', since: created ?? null, values }
    : { state: 'deleted', since: deleted, values };
}

function valueAt(row: Watched | undefined, changes: readonly Kept[], field: string, at: string): Value {
  const before = changes.findLast(({ changedAt }) => fullSqlDateTime(changedAt) <= at);
  const after = changes.find(({ changedAt }) => fullSqlDateTime(changedAt) > at);
  return {
    value:
      before?.new ??
      (before === undefined ? (after === undefined ? row?.values[field] : after.old) : null) ??
      null,
    since: before === undefined ? null : fullSqlDateTime(before.changedAt),
    run: before?.run ?? null,
    until: after === undefined ? null : fullSqlDateTime(after.changedAt),
  };
}

/** Since when it was marked as deleted; a record that came back, or a deletion that was taken back, ends that. */
function deletedAt(
  row: Watched | undefined,
  changes: readonly Kept[],
  deletions: readonly DeletionOf[],
  at: string,
): string | undefined {
  const now = row?.deletedAt == null ? undefined : fullSqlDateTime(row.deletedAt);
  if (now !== undefined && now <= at) return now;
  const last = deletions
    .map((each) => ({ from: fullSqlDateTime(each.deletedAt), to: each.undoneAt }))
    .findLast(({ from, to }) => from <= at && (to === null || fullSqlDateTime(to) > at));
  if (last === undefined) return undefined;
  const isBack = changes.some(({ field, changedAt }) => {
    const back = fullSqlDateTime(changedAt);
    return field === RETURNED && back > last.from && back <= at;
  });
  return isBack ? undefined : last.from;
}

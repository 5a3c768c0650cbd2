import { normalizeSqlDateTime } from '../../lib/time.ts';
import { RETURNED_FIELD } from '../../load/changes.ts';
import type { ListingDeletion, StoredChange, TrackedValues } from '../../record/history.ts';

/** The stored history of a listing. */
export type ListingHistory = {
  readonly row: TrackedValues | undefined;
  readonly changes: readonly StoredChange[];
  readonly deletions: readonly ListingDeletion[];
};

/** The state of a listing at a time. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type ListingState = {
  /** `unknown`: it is not stored, and there is no history of that time. */
  readonly state: 'known' | 'not yet' | 'deleted' | 'unknown';
  /** When it was first stored, or deleted. */
  readonly since: string | null;
  readonly values: Readonly<Record<string, TimedValue>>;
};

type TimedValue = {
  readonly value: string | null;
  /** When the value was set; null if no earlier change is stored. */
  readonly since: string | null;
  readonly run: number | null;
  /** When the value was replaced. */
  readonly until: string | null;
};

/** Reconstructs the values of these fields at a time, from the current row and the stored changes. */
export function reconstructState(known: ListingHistory, fields: readonly string[], at: string): ListingState {
  const { row, changes, deletions } = known;
  const created = row === undefined ? undefined : normalizeSqlDateTime(row.createdAt);
  const times = [...changes.map(({ changedAt }) => changedAt), ...deletions.map((each) => each.deletedAt)];
  const isKnownBefore = times.some((time) => normalizeSqlDateTime(time) <= at);
  // The current row may not be the first one: `reconcile --hard` removes rows, and the feed may send a record again.
  if (created === undefined || created > at) {
    if (isKnownBefore) return buildState({ ...known, row: undefined }, fields, at, null);
    return created === undefined
      ? { state: 'unknown', since: null, values: {} }
      : { state: 'not yet', since: created, values: {} };
  }
  return buildState(known, fields, at, created);
}

function buildState(
  known: ListingHistory,
  fields: readonly string[],
  at: string,
  since: string | null,
): ListingState {
  const values = fields.flatMap((field) => {
    const value = findValue(known, field, at);
    return value === undefined ? [] : [[field, value] as const];
  });
  const deleted = findDeletion(known, at, since);
  return deleted === undefined
    ? { state: 'known', since, values: Object.fromEntries(values) }
    : { state: 'deleted', since: deleted, values: Object.fromEntries(values) };
}

/** Undefined if nothing is known. */
function findValue({ row, changes }: ListingHistory, field: string, at: string): TimedValue | undefined {
  const own = changes.filter((change) => change.field === field);
  const before = own.findLast(({ changedAt }) => normalizeSqlDateTime(changedAt) <= at);
  const after = own.find(({ changedAt }) => normalizeSqlDateTime(changedAt) > at);
  if (before === undefined && after === undefined && row === undefined) return undefined;
  return {
    value:
      before === undefined ? (after === undefined ? (row?.values[field] ?? null) : after.old) : before.new,
    since: before === undefined ? null : normalizeSqlDateTime(before.changedAt),
    run: before?.run ?? null,
    until: after === undefined ? null : normalizeSqlDateTime(after.changedAt),
  };
}

/**
 * Finds when the listing was marked as deleted. A record that was sent again, or an undone deletion, ends that state.
 * @param created when the row of that time was inserted.
 */
function findDeletion(
  { row, changes, deletions }: ListingHistory,
  at: string,
  created: string | null,
): string | undefined {
  const now = row?.deletedAt == null ? undefined : normalizeSqlDateTime(row.deletedAt);
  if (now !== undefined && now <= at) return now;
  const last = deletions
    .map((each) => ({ from: normalizeSqlDateTime(each.deletedAt), to: each.undoneAt }))
    .filter(({ from }) => created === null || from >= created)
    .findLast(({ from, to }) => from <= at && (to === null || normalizeSqlDateTime(to) > at));
  if (last === undefined) return undefined;
  const hasReturned = changes.some(({ field, changedAt }) => {
    const returned = normalizeSqlDateTime(changedAt);
    return field === RETURNED_FIELD && returned > last.from && returned <= at;
  });
  return hasReturned ? undefined : last.from;
}

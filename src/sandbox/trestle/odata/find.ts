import { compareByTime, type TableEntry, type Table } from '../table.ts';
import type { ODataQuery } from './query.ts';
import { spanOf, valuesOf } from './plan.ts';
import { createPredicate } from './predicate.ts';

export type FoundRows = { readonly rows: TableEntry[]; readonly count: number | undefined };

/** Finds at most `limit` rows of a query after the first `skip`; counts all matches only if the query requests it. */
export function findRows(table: Table, query: ODataQuery, limit: number, skip = query.skip): FoundRows {
  const rows: TableEntry[] = [];
  const enough = skip + limit;
  const matches = query.filter ? createPredicate(query.filter, table.set) : () => true;
  const { entries, from, to } = selectCandidates(table, query);
  let count = 0;
  for (let i = from; i < to; i++) {
    if (count >= enough && !query.count) break;
    const entry = entries[i]!;
    if (!matches(entry)) continue;
    if (count >= skip && count < enough) rows.push(entry);
    count++;
  }
  return { rows, count: query.count ? count : undefined };
}

type Candidates = { readonly entries: readonly TableEntry[]; readonly from: number; readonly to: number };

function selectCandidates(table: Table, query: ODataQuery): Candidates {
  const { set } = table;
  const keys = valuesOf(query.filter, set.key);
  if (keys !== undefined)
    return sortCandidates(
      query,
      [...keys].flatMap((key) => table.get(key) ?? []),
    );
  const parents = set.parent && valuesOf(query.filter, set.parent.field);
  if (parents !== undefined)
    return sortCandidates(
      query,
      [...parents].flatMap((parent) => table.children(parent)),
    );
  if (query.order !== undefined) {
    const entries = table.ordered(query.order.name, query.order.compare);
    return { entries, from: 0, to: entries.length };
  }
  const entries = table.sorted();
  const span = spanOf(query.filter, set.cursor);
  return {
    entries,
    from: findFirst(entries, (entry) => entry.at >= span.from),
    to: findFirst(entries, (entry) => entry.at > span.to),
  };
}

function sortCandidates(query: ODataQuery, entries: TableEntry[]): Candidates {
  entries.sort(query.order?.compare ?? compareByTime);
  return { entries, from: 0, to: entries.length };
}

/** Finds the index of the first entry for which `holds` is true; it must be true for all entries after it. */
function findFirst(entries: readonly TableEntry[], holds: (entry: TableEntry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(entries[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

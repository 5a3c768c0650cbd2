import { byTime, type Entry, type Table } from '../table.ts';
import type { Query } from './options.ts';
import { spanOf, valuesOf } from './plan.ts';
import { predicate } from './predicate.ts';

export type Found = { readonly rows: Entry[]; readonly count: number | undefined };

/** The rows of a query from `skip` on, `limit` at most; counts all matches only where the query asks. */
export function find(table: Table, query: Query, limit: number, skip = query.skip): Found {
  const rows: Entry[] = [];
  const enough = skip + limit;
  const matches = query.filter ? predicate(query.filter, table.set) : () => true;
  const { entries, from, to } = candidates(table, query);
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

type Candidates = { readonly entries: readonly Entry[]; readonly from: number; readonly to: number };

function candidates(table: Table, query: Query): Candidates {
  const { set } = table;
  const keys = valuesOf(query.filter, set.key);
  if (keys !== undefined)
    return inOrder(
      query,
      [...keys].flatMap((key) => table.get(key) ?? []),
    );
  const parents = set.parent && valuesOf(query.filter, set.parent.field);
  if (parents !== undefined)
    return inOrder(
      query,
      [...parents].flatMap((parent) => table.family(parent)),
    );
  if (query.order !== undefined) {
    const entries = table.ordered(query.order.name, query.order.compare);
    return { entries, from: 0, to: entries.length };
  }
  const entries = table.sorted();
  const span = spanOf(query.filter, set.cursor);
  return {
    entries,
    from: first(entries, (entry) => entry.at >= span.from),
    to: first(entries, (entry) => entry.at > span.to),
  };
}

function inOrder(query: Query, entries: Entry[]): Candidates {
  entries.sort(query.order?.compare ?? byTime);
  return { entries, from: 0, to: entries.length };
}

/** Where the entries that hold begin; those before it don't. */
function first(entries: readonly Entry[], holds: (entry: Entry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(entries[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

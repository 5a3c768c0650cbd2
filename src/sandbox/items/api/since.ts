import { hashText } from '../../trestle/random.ts';
import type { Entry } from '../data/entry.ts';

/** The filters by parameter: what an entry is compared with, and how the parameter is read. */
const FILTERS: Readonly<
  Record<string, { readonly pattern: RegExp; parse(text: string): number; of(entry: Entry): number }>
> = {
  updated_since: {
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    parse: Date.parse,
    of: ({ updatedAt }) => updatedAt,
  },
  updated_on: {
    pattern: /^\d{4}-\d\d-\d\d$/,
    parse: (text) => Date.parse(`${text}T00:00:00Z`),
    of: ({ updatedAt }) => updatedAt,
  },
  since_unix: {
    pattern: /^\d+$/,
    parse: (text) => Number(text),
    of: ({ updatedAt }) => Math.floor(updatedAt / 1000),
  },
  since_unix_ms: { pattern: /^\d+$/, parse: Number, of: ({ updatedAt }) => updatedAt },
  since_id: { pattern: /^\d+$/, parse: Number, of: ({ key }) => Number(key) },
};

const ORDERS: Readonly<Record<string, (one: Entry, other: Entry) => number>> = {
  asc: (one, other) => one.updatedAt - other.updatedAt || Number(one.key) - Number(other.key),
  desc: (one, other) => other.updatedAt - one.updatedAt || Number(other.key) - Number(one.key),
  id: (one, other) => Number(one.key) - Number(other.key),
  none: (one, other) => hashText(one.key) - hashText(other.key),
};

/**
 * Selects and orders the entries that a query asks for. `strict` in the query excludes the value of the filter itself.
 * @returns the name of a parameter that it cannot read.
 */
export function selectEntries(
  entries: readonly Entry[],
  query: URLSearchParams,
): readonly Entry[] | { readonly refused: string } {
  const order = ORDERS[query.get('order') ?? 'asc'];
  if (order === undefined) return { refused: 'order' };
  let selected = [...entries];
  for (const [name, { pattern, parse, of }] of Object.entries(FILTERS)) {
    const text = query.get(name);
    if (text === null) continue;
    if (!pattern.test(text)) return { refused: name };
    const from = parse(text);
    selected = selected.filter((entry) => (query.has('strict') ? of(entry) > from : of(entry) >= from));
  }
  return selected.sort(order);
}

/** The record as the API sends it: with its stamps in every form. */
export function renderNote({ record, createdAt, updatedAt }: Entry): Entry['record'] {
  return {
    ...record,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    updated_on: new Date(updatedAt).toISOString().slice(0, 10),
    updated_unix: Math.floor(updatedAt / 1000),
    updated_unix_ms: updatedAt,
  };
}

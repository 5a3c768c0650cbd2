import type { RawRecord } from '../../../sources/items.ts';
import { type Entry, textOf } from '../data/entry.ts';
import { readWhole } from './page.ts';

/** System fields are sent only if `$select` has `:*`: dev.socrata.com/docs/system-fields. */
function renderPermit({ key, createdAt, updatedAt, record }: Entry, hasSystemFields: boolean): RawRecord {
  return hasSystemFields
    ? {
        ':id': `row-${Buffer.from(key).toString('base64url')}`,
        ':created_at': new Date(createdAt).toISOString(),
        ':updated_at': new Date(updatedAt).toISOString(),
        ...record,
      }
    : record;
}

const WHERE = /^\s*(:?\w+)\s*(>=|>|=|<=|<)\s*'([^']*)'\s*$/;

const COMPARE: Readonly<Record<string, (one: string, other: string) => boolean>> = {
  '>=': (one, other) => one >= other,
  '>': (one, other) => one > other,
  '=': (one, other) => one === other,
  '<=': (one, other) => one <= other,
  '<': (one, other) => one < other,
};

/** Socrata compares instants, also if one is written without Z or milliseconds. */
function normalise(text: string): string {
  const instant = /^\d{4}-\d\d-\d\d(T[\d:.]+)?(Z)?$/.test(text) ? Date.parse(text.replace(/Z?$/, 'Z')) : NaN;
  return Number.isNaN(instant) ? text : new Date(instant).toISOString();
}

/**
 * Answers like the SODA API: `$limit` (1,000 unless set), `$offset`, `$where` with one comparison, `$order` of fields, `$select`
 * with or without `:*`.
 */
export function answerSocrata(
  entries: readonly Entry[],
  query: URLSearchParams,
): RawRecord[] | { readonly refused: string } {
  const limit = readWhole(query, '$limit', 1000);
  const offset = readWhole(query, '$offset', 0);
  if (limit === undefined) return { refused: '$limit' };
  if (offset === undefined) return { refused: '$offset' };
  const records = entries.map((entry) => renderPermit(entry, true));
  const where = query.get('$where');
  const [, field = '', operator = '', value = ''] = WHERE.exec(where ?? '') ?? [];
  const compare = COMPARE[operator];
  if (where !== null && compare === undefined) return { refused: '$where' };
  const selected =
    compare === undefined
      ? records
      : records.filter((each) => compare(normalise(textOf(each, field)), normalise(value)));
  const ordered = orderBy(selected, query.get('$order'));
  const hasSystemFields = query.get('$select')?.includes(':*') === true;
  return ordered
    .slice(offset, offset + limit)
    .map((record) => (hasSystemFields ? record : withoutSystemFields(record)));
}

function orderBy(records: readonly RawRecord[], order: string | null): RawRecord[] {
  if (order === null) return [...records];
  const terms = order.split(',').map((term) => term.trim().split(/\s+/));
  return [...records].sort((one, other) => {
    for (const [field = '', direction = 'asc'] of terms) {
      const [a, b] = [textOf(one, field), textOf(other, field)];
      if (a !== b) return (a < b ? -1 : 1) * (direction.toLowerCase() === 'desc' ? -1 : 1);
    }
    return 0;
  });
}

function withoutSystemFields(record: RawRecord): RawRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !name.startsWith(':')));
}

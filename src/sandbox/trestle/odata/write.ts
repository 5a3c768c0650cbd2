import { prettified } from '../data/enums.ts';
import { type Writer, writer } from '../json.ts';
import type { Store } from '../store.ts';
import type { Entry } from '../table.ts';
import { find } from './find.ts';
import type { Query } from './options.ts';

const COMMA = Buffer.from(',');

/** What an answer holds beside its rows. */
export type Frame = {
  readonly context: string;
  readonly count?: number;
  readonly next?: string;
  readonly error?: string;
};

/** Writes an answer's body. `emptyExpand`: expanded collections come as `[]`. */
export function write(
  store: Store,
  query: Query,
  rows: readonly Entry[],
  frame: Frame,
  emptyExpand: boolean,
): Buffer {
  const parts: (Buffer | string)[] = [`{"@odata.context":${JSON.stringify(frame.context)}`];
  if (frame.count !== undefined) parts.push(`,"@odata.count":${frame.count}`);
  parts.push(',"value":[');
  writeRows(parts, store, query, rows, emptyExpand);
  parts.push(']');
  if (frame.next !== undefined) parts.push(`,"@odata.nextLink":${JSON.stringify(frame.next)}`);
  if (frame.error !== undefined) parts.push(`,"error":${JSON.stringify({ code: '', message: frame.error })}`);
  parts.push('}');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** Writes one record as an answer of its own. */
export function writeOne(store: Store, query: Query, row: Entry, context: string): string {
  const parts: (Buffer | string)[] = [];
  writeRows(parts, store, query, [row], false);
  return `{"@odata.context":${JSON.stringify(context)},${parts.join('').slice(1)}`;
}

function writeRows(
  parts: (Buffer | string)[],
  store: Store,
  query: Query,
  rows: readonly Entry[],
  emptyExpand: boolean,
): void {
  const writes = writer(query.set, query.select);
  for (const [i, row] of rows.entries()) {
    if (i > 0) parts.push(COMMA);
    const record = query.pretty ? prettified(row.record) : row.record;
    parts.push(query.select || query.pretty ? writes.open(record) : opened(row, writes));
    for (const child of query.expand) {
      parts.push(`,${JSON.stringify(child.set.parent!.link)}:[`);
      const inner = { ...child, pretty: query.pretty };
      if (!emptyExpand) writeRows(parts, store, inner, childRows(store, child, row.key), false);
      parts.push(']');
    }
    parts.push(writes.close(record, store.sign));
  }
}

function opened(row: Entry, writes: Writer): Buffer {
  row.open ??= Buffer.from(writes.open(row.record));
  return row.open;
}

function childRows(store: Store, query: Query, parent: string): Entry[] {
  const field = query.set.parent!.field;
  const own = { kind: 'compare', field, test: 'eq', value: parent } as const;
  const filter = query.filter ? ({ kind: 'and', of: [own, query.filter] } as const) : own;
  return find(store.table(query.set.name), { ...query, filter }, query.top ?? Infinity).rows;
}

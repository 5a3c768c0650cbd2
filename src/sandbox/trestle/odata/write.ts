import { withDisplayNames } from '../data/enums.ts';
import { type RecordWriter, createWriter } from '../json.ts';
import type { Store } from '../store.ts';
import type { TableEntry } from '../table.ts';
import { findRows } from './find.ts';
import type { ODataQuery } from './query.ts';

const COMMA = Buffer.from(',');

/** The parts of an answer other than its rows. */
export type AnswerEnvelope = {
  readonly context: string;
  readonly count?: number;
  readonly next?: string;
  readonly error?: string;
};

/** What is sent instead of an expanded collection: `null`, nothing, or this number of its records at most. */
export type ExpandedAs = 'null' | 'missing' | number;

/** Writes an answer's body. */
export function writeAnswer(
  store: Store,
  query: ODataQuery,
  rows: readonly TableEntry[],
  frame: AnswerEnvelope,
  expandedAs: ExpandedAs,
): Buffer {
  const parts: (Buffer | string)[] = [`{"@odata.context":${JSON.stringify(frame.context)}`];
  if (frame.count !== undefined) parts.push(`,"@odata.count":${frame.count}`);
  parts.push(',"value":[');
  writeRows(parts, store, query, rows, expandedAs);
  parts.push(']');
  if (frame.next !== undefined) parts.push(`,"@odata.nextLink":${JSON.stringify(frame.next)}`);
  if (frame.error !== undefined) parts.push(`,"error":${JSON.stringify({ code: '', message: frame.error })}`);
  parts.push('}');
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** Writes an answer that holds one record. */
export function writeRecordAnswer(store: Store, query: ODataQuery, row: TableEntry, context: string): string {
  const parts: (Buffer | string)[] = [];
  writeRows(parts, store, query, [row], Infinity);
  return `{"@odata.context":${JSON.stringify(context)},${parts.join('').slice(1)}`;
}

function writeRows(
  parts: (Buffer | string)[],
  store: Store,
  query: ODataQuery,
  rows: readonly TableEntry[],
  expandedAs: ExpandedAs,
): void {
  const writes = createWriter(query.set, query.select);
  for (const [i, row] of rows.entries()) {
    if (i > 0) parts.push(COMMA);
    const record = query.pretty ? withDisplayNames(row.record) : row.record;
    parts.push(query.select || query.pretty ? writes.open(record) : openCached(row, writes));
    for (const child of query.expand) {
      if (expandedAs === 'missing') break;
      parts.push(`,${JSON.stringify(child.set.parent!.link)}:`);
      if (expandedAs === 'null') parts.push('null');
      else {
        const inner = { ...child, pretty: query.pretty };
        const children = findChildren(store, child, row.key).slice(0, expandedAs);
        parts.push('[');
        writeRows(parts, store, inner, children, Infinity);
        parts.push(']');
      }
    }
    parts.push(writes.close(record, store.signer));
  }
}

function openCached(row: TableEntry, writes: RecordWriter): Buffer {
  row.open ??= Buffer.from(writes.open(row.record));
  return row.open;
}

function findChildren(store: Store, query: ODataQuery, parent: string): TableEntry[] {
  const field = query.set.parent!.field;
  const own = { kind: 'compare', field, test: 'eq', value: parent } as const;
  const filter = query.filter ? ({ kind: 'and', of: [own, query.filter] } as const) : own;
  return findRows(store.table(query.set.name), { ...query, filter }, query.top ?? Infinity).rows;
}

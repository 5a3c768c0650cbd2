import type { FieldType } from '../../dataset/dataset.ts';
import { boolean, date, decimal, integer, string, timestamp } from '../../dataset/describe.ts';
import { toDecimal as money, type FieldValue } from './record.ts';
import type { EntitySet } from './sets.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';

/** A change of the licensed fields. */
export type LicenceChange = {
  /** The set; `Property` unless set. */
  readonly resource?: string;
  /** Fields that are no longer served, and refused in queries. */
  readonly lose?: readonly string[];
  /** Fields that are served, but refused in `$filter` and `$orderby`; replaces the earlier list. */
  readonly suppress?: readonly string[];
  /** Number of new fields; all records get a value in each. */
  readonly gain?: number;
  /** The name of the schema in `$metadata`. */
  readonly namespace?: string;
};

export type ChangedLicence = { readonly lost: string[]; readonly gained: string[] };

/** Types of new fields, each with a function for a record's value. */
const KINDS: readonly (readonly [FieldType, (nth: number) => FieldValue])[] = [
  [string(80), (nth) => `words ${nth}`],
  [integer, (nth) => nth],
  [decimal(12, 2), (nth) => money(nth + 0.25, 2)],
  [boolean, (nth) => nth % 2 === 0],
  [date, (nth) => new Date(Date.UTC(2026, 0, 1 + (nth % 365))).toISOString().slice(0, 10)],
  [timestamp, (nth) => new Date(Date.UTC(2026, 0, 1) + nth).toISOString()],
];

/** Changes the licensed fields, as MLSs do overnight. No record's timestamp changes. */
export function changeLicence(store: Store, change: LicenceChange): ChangedLicence {
  const table = store.table(change.resource ?? 'Property');
  if (change.namespace !== undefined) store.namespace = change.namespace;
  const lost = (change.lose ?? []).filter((name) => table.set.fields.has(name));
  const fields = new Map([...table.set.fields].filter(([name]) => !lost.includes(name)));
  const gained = makeFieldNames(table.set, change.gain ?? 0);
  for (const [nth, name] of gained.entries()) fields.set(name, KINDS[nth % KINDS.length]![0]);
  const suppressed = change.suppress === undefined ? {} : { suppressed: new Set(change.suppress) };
  table.redefine({ ...table.set, ...suppressed, fields });
  if (gained.length > 0) fillFields(table, gained);
  return { lost, gained };
}

function makeFieldNames(set: EntitySet, count: number): string[] {
  const known = [...set.fields.keys()].filter((name) => name.startsWith('X_New')).length;
  return Array.from({ length: count }, (_, nth) => `X_New${known + nth + 1}`);
}

function fillFields(table: Table, names: readonly string[]): void {
  for (const [nth, { record }] of [...table.values()].entries()) {
    const values = names.map((name, at) => [name, KINDS[at % KINDS.length]![1](nth)] as const);
    table.put({ ...record, ...Object.fromEntries(values) });
  }
}

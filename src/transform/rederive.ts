import { passThroughLatin1, undoLatin1 } from '../lib/latin1.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { toStaleHash } from '../model/stale-hash.ts';
import type { StoredRow } from '../model/stored-row.ts';
import { transformer } from './page.ts';
import { parentLink, versionField } from '../dataset/reading.ts';

export type ColumnDifference = {
  readonly field: Field;
  /** Where the field stands among those of the resource. */
  readonly place: number;
  readonly stored: string | null;
  readonly expected: string | null;
};

export type Verdict =
  | { readonly kind: 'without payload' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | {
      readonly kind: 'compared';
      readonly differences: readonly ColumnDifference[];
      /** The payload as it was sent, if what is stored is not. */
      readonly payload: string | undefined;
      /** Of the row that the payload gives. */
      readonly issues: Row['issues'];
    };

/**
 * Makes the function that holds a stored row against its payload, which is converted as a record of the feed is. A payload
 * that was sent to the server as latin1 is stored with its UTF-8 read as latin1: it is taken back, if the row's content hash
 * or its damaged columns prove it.
 * @param left places of fields that are not compared.
 */
export function rederiver(dataset: Dataset, left: ReadonlySet<number>): (stored: StoredRow) => Verdict {
  const transform = transformer(dataset);
  const derive = (stored: StoredRow, payload: string): Row | string => {
    const versions = new Map([
      [valueOf(dataset, stored, parentLink(dataset)?.field), versionOf(dataset, stored)],
    ]);
    const page = { records: [payload], damaged: new Set<number>(), cursor: undefined, versions };
    const { rows, rejects } = transform(page);
    const [row] = rows;
    if (row === undefined) {
      return rejects
        .flatMap(({ reasons }) => reasons.map(({ field, rule }) => `${field} ${rule}`.trim()))
        .join('; ');
    }
    return row.key === stored.key ? row : `is the payload of ${row.key}`;
  };
  const compared = (stored: StoredRow, row: Row, payload?: string): Verdict => ({
    kind: 'compared',
    differences: differencesOf(dataset, stored, row, left),
    payload,
    issues: row.issues,
  });
  return (stored) => {
    if (stored.payload === null) return { kind: 'without payload' };
    const row = derive(stored, stored.payload);
    if (typeof row === 'object' && isProven(stored, row)) return compared(stored, row);
    const undone = undoLatin1(stored.payload);
    const other = undone === undefined ? undefined : derive(stored, undone);
    const isOther =
      typeof other === 'object' && (isProven(stored, other) || isThroughLatin1(stored, other, left));
    if (isOther) return compared(stored, other, undone);
    if (typeof row === 'string') return { kind: 'unreadable', why: row };
    const verdict = compared(stored, row);
    const isDoubtful =
      typeof other === 'object' && verdict.kind === 'compared' && verdict.differences.length > 0;
    return isDoubtful ? { kind: 'unreadable', why: 'may have been sent as latin1, or not' } : verdict;
  };
}

/** A row that lacks something of its record has a hash that is marked as outdated. */
function isProven({ hash }: StoredRow, row: Row): boolean {
  return hash === row.hash || hash === toStaleHash(row.hash);
}

/** Whether the columns hold what latin1 leaves of the record's texts, those that it leaves as they are with them. */
function isThroughLatin1({ values }: StoredRow, row: Row, left: ReadonlySet<number>): boolean {
  const texts = row.values.flatMap((value, place) =>
    left.has(place) || value === null || !/[^\0-\u007F]/.test(value) ? [] : [{ value, place }],
  );
  return texts.length > 0 && texts.every(({ value, place }) => passThroughLatin1(value) === values[place]);
}

function differencesOf(
  dataset: Dataset,
  stored: StoredRow,
  row: Row,
  left: ReadonlySet<number>,
): ColumnDifference[] {
  // A re-stamp moves these in the row, and leaves its payload as it is.
  const isRestamped = dataset.version !== undefined && (row.version ?? '') < versionOf(dataset, stored);
  const moved = new Set(isRestamped ? [versionField(dataset), ...dataset.volatile] : []);
  return dataset.fields.flatMap((field, place) => {
    if (left.has(place) || moved.has(field.name)) return [];
    const [was, expected] = [stored.values[place] ?? null, row.values[place] ?? null];
    return canonical(field, was) === canonical(field, expected)
      ? []
      : [{ field, place, stored: was, expected }];
  });
}

/** Equal for values that are equal in SQL; texts are compared exactly, whatever their collation. */
function canonical({ type }: Field, value: string | null): string | null {
  if (value === null) return null;
  if (type.kind === 'timestamp') return normalizeSqlDateTime(value);
  if (type.kind !== 'decimal') return value;
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(value) ?? [
    '',
    '',
    value,
  ];
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

function versionOf(dataset: Dataset, stored: StoredRow): string {
  return normalizeSqlDateTime(valueOf(dataset, stored, versionField(dataset)));
}

function valueOf(dataset: Dataset, { values }: StoredRow, name: string | undefined): string {
  return values[dataset.fields.findIndex((field) => field.name === name)] ?? '';
}

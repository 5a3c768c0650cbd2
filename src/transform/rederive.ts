import { passThroughLatin1, undoLatin1 } from '../lib/latin1.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { toStaleHash } from '../model/stale-hash.ts';
import type { StoredRow } from '../model/stored-row.ts';
import { createTransformer } from './page.ts';
import { parentLink, versionField } from '../dataset/reading.ts';

export type ColumnDifference = {
  readonly field: Field;
  /** Index in `Dataset.fields`. */
  readonly index: number;
  readonly stored: string | null;
  readonly expected: string | null;
};

export type Rederivation =
  | { readonly kind: 'without payload' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | {
      readonly kind: 'compared';
      readonly differences: readonly ColumnDifference[];
      /** The payload as it was sent, if the stored one differs. */
      readonly payload: string | undefined;
      /** Issues of the row that the payload produces. */
      readonly issues: Row['issues'];
    };

/**
 * Creates the function that compares a stored row with its payload, which is converted like a record of the feed. If a payload
 * was sent to the server as latin1, its UTF-8 is stored as decoded latin1: this is undone if the row's content hash or its
 * damaged columns prove it.
 * @param skipped indexes of fields that are not compared.
 */
export function createRederiver(
  dataset: Dataset,
  skipped: ReadonlySet<number>,
): (stored: StoredRow) => Rederivation {
  const transform = createTransformer(dataset);
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
  const compared = (stored: StoredRow, row: Row, payload?: string): Rederivation => ({
    kind: 'compared',
    differences: findDifferences(dataset, stored, row, skipped),
    payload,
    issues: row.issues,
  });
  return (stored) => {
    if (stored.payload === null) return { kind: 'without payload' };
    const row = derive(stored, stored.payload);
    if (typeof row === 'object' && hasMatchingHash(stored, row)) return compared(stored, row);
    const undone = undoLatin1(stored.payload);
    const other = undone === undefined ? undefined : derive(stored, undone);
    const isOther =
      typeof other === 'object' &&
      (hasMatchingHash(stored, other) || matchesLatin1Damage(stored, other, skipped));
    if (isOther) return compared(stored, other, undone);
    if (typeof row === 'string') return { kind: 'unreadable', why: row };
    const verdict = compared(stored, row);
    const isDoubtful =
      typeof other === 'object' && verdict.kind === 'compared' && verdict.differences.length > 0;
    return isDoubtful ? { kind: 'unreadable', why: 'may have been sent as latin1, or not' } : verdict;
  };
}

/** Whether the hashes match. An incomplete row has a hash that is marked as outdated. */
function hasMatchingHash({ hash }: StoredRow, row: Row): boolean {
  return hash === row.hash || hash === toStaleHash(row.hash);
}

/** Whether every non-ASCII column holds its text as damaged by latin1. */
function matchesLatin1Damage({ values }: StoredRow, row: Row, skipped: ReadonlySet<number>): boolean {
  const texts = row.values.flatMap((value, index) =>
    skipped.has(index) || value === null || !/[^\0-\u007F]/.test(value) ? [] : [{ value, index }],
  );
  return texts.length > 0 && texts.every(({ value, index }) => passThroughLatin1(value) === values[index]);
}

function findDifferences(
  dataset: Dataset,
  stored: StoredRow,
  row: Row,
  skipped: ReadonlySet<number>,
): ColumnDifference[] {
  // A re-stamp changes these in the row but not in its payload.
  const isRestamped = dataset.version !== undefined && (row.version ?? '') < versionOf(dataset, stored);
  const moved = new Set(isRestamped ? [versionField(dataset), ...dataset.volatile] : []);
  return dataset.fields.flatMap((field, index) => {
    if (skipped.has(index) || moved.has(field.name)) return [];
    const [was, expected] = [stored.values[index] ?? null, row.values[index] ?? null];
    return canonicalize(field, was) === canonicalize(field, expected)
      ? []
      : [{ field, index, stored: was, expected }];
  });
}

/** Maps values that are equal in SQL to the same text; text is compared exactly, regardless of its collation. */
function canonicalize({ type }: Field, value: string | null): string | null {
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

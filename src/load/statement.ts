import { placeholders } from '../db/placeholders.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type TablePart, partsOf } from './parts.ts';

/** Our own columns besides a record's fields, in the order in which `bindRow` binds them. */
const BOOKKEEPING = ['content_hash', 'run_id', 'created_at', 'updated_at'];

/** MySQL's limit for the placeholders of one prepared statement. */
export const MAX_PLACEHOLDERS = 65_535;

/** Returns the maximum number of rows in a statement. */
export function maxRowsPerStatement(dataset: Dataset): number {
  const { main, sides } = partsOf(dataset);
  const widest = Math.max(...[main, ...sides].map(({ fields }) => fields.length));
  return Math.floor(MAX_PLACEHOLDERS / (widest + BOOKKEEPING.length));
}

/**
 * Inserts `count` rows or replaces their columns. Columns that the statement does not name are unchanged (media_*,
 * created_at). Uses `VALUES()` because MariaDB does not support `AS new`.
 */
export function upsertRows(dataset: Dataset, count: number): string {
  return cacheText(dataset, count, () => buildUpsert(dataset, count));
}

/** Caches texts of 20 KB that are used repeatedly: building and hashing them costs more than storing them. */
const cache = new WeakMap<Dataset, Map<number, string>>();

function cacheText(dataset: Dataset, count: number, build: () => string): string {
  const texts = cache.get(dataset) ?? new Map<number, string>();
  cache.set(dataset, texts);
  const text = texts.get(count) ?? build();
  texts.set(count, text);
  return text;
}

function buildUpsert(dataset: Dataset, count: number): string {
  const columns = [...partsOf(dataset).main.fields.map((field) => field.column), ...BOOKKEEPING];
  const kept = new Set([keyColumn(dataset), 'created_at']);
  const replaced = columns.filter((column) => !kept.has(column));
  return `${insertOrUpdate(dataset, dataset.table, columns, replaced, count)}, deleted_at = NULL`;
}

/** The same for a side table: the key, then its columns. */
export function upsertSide(dataset: Dataset, { table, fields }: TablePart, count: number): string {
  const columns = fields.map((field) => field.column);
  return insertOrUpdate(dataset, table, [keyColumn(dataset), ...columns], columns, count);
}

/**
 * Inserts `count` rows with these columns, or replaces some columns of existing rows. ON DUPLICATE KEY UPDATE also matches a
 * row with a different key, if a unique index that the user added contains the value, or if the key's collation was changed.
 * The key then becomes NULL, which both servers refuse (1048), so that no record overwrites another. See `runUpsert`.
 * @param dataset the dataset whose key the table has.
 */
export function insertOrUpdate(
  dataset: Dataset,
  table: string,
  columns: readonly string[],
  replaced: readonly string[],
  count: number,
): string {
  const key = quote(keyColumn(dataset));
  const updates = replaced.map((column) => `${quote(column)} = VALUES(${quote(column)})`);
  return (
    `INSERT INTO ${quote(table)} (${columns.map(quote).join(', ')}) VALUES ${tuples(columns.length, count)}` +
    `${UPDATE}${key} = IF(CAST(${key} AS BINARY) = CAST(VALUES(${key}) AS BINARY), ${key}, NULL), ${updates.join(', ')}`
  );
}

const UPDATE = ' ON DUPLICATE KEY UPDATE ';

/** Removes the update from the statement. */
export function insertOnly(statement: string): string {
  return statement.slice(0, statement.indexOf(UPDATE));
}

export function upsertPayloads(dataset: Dataset, count: number): string {
  return insertOrUpdate(dataset, dataset.rawTable, [keyColumn(dataset), 'payload'], ['payload'], count);
}

/**
 * Selects key, version, hash and deletion flag of `count` keys.
 * @param tracked columns to select as `w0`, `w1` …, with the deletion time as `w`.
 */
export function selectStored(dataset: Dataset, count: number, tracked: readonly string[] = []): string {
  const version = dataset.version === undefined ? 'NULL' : quote(columnFor(dataset, dataset.version));
  const trackedColumns =
    tracked.length === 0
      ? ''
      : [', deleted_at AS w', ...tracked.map((name, nth) => `${quote(name)} AS w${nth}`)].join(', ');
  return (
    `SELECT ${quote(keyColumn(dataset))} AS record_key, ${version} AS version, content_hash AS hash, ` +
    `deleted_at IS NOT NULL AS deleted${trackedColumns} FROM ${quote(dataset.table)} WHERE ${quote(keyColumn(dataset))} IN (${placeholders(count)})`
  );
}

/** Selects the stored keys of `count` parents, including deleted rows. */
export function selectKeysOfParents(dataset: Dataset, parentColumn: string, count: number): string {
  return (
    `SELECT ${quote(keyColumn(dataset))} AS record_key, ${quote(parentColumn)} AS parent, ` +
    `deleted_at IS NOT NULL AS deleted FROM ${quote(dataset.table)} WHERE ${quote(parentColumn)} IN (${placeholders(count)})`
  );
}

export function deleteKeys(table: string, dataset: Dataset, count: number): string {
  return `DELETE FROM ${quote(table)} WHERE ${quote(keyColumn(dataset))} IN (${placeholders(count)})`;
}

export function keyColumn(dataset: Dataset): string {
  return columnFor(dataset, dataset.key);
}

/** @throws Error if the dataset has no such field: a programming mistake. */
export function columnFor(dataset: Dataset, name: string): string {
  const field = dataset.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${dataset.name} has no field ${name}`);
  return field.column;
}

function tuples(width: number, count: number): string {
  return Array.from({ length: count }, () => `(${placeholders(width)})`).join(', ');
}

/** Names come from the code or were validated, but back-ticks are escaped anyway. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

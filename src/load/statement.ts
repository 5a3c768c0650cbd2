import { placeholders } from '../db/placeholders.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type TablePart, partsOf } from './parts.ts';

/** What we keep beside a record's own fields, in the order that `upsert.ts` binds it. */
const BOOKKEEPING = ['content_hash', 'run_id', 'created_at', 'updated_at'];

/** MySQL's limit for the placeholders of one prepared statement. */
const MAX_PLACEHOLDERS = 65_535;

/** Rows a statement can hold at most. */
export function maxRowsPerStatement(dataset: Dataset): number {
  const { main, sides } = partsOf(dataset);
  const widest = Math.max(...[main, ...sides].map(({ fields }) => fields.length));
  return Math.floor(MAX_PLACEHOLDERS / (widest + BOOKKEEPING.length));
}

/**
 * Inserts `count` rows or replaces their columns; what this statement does not name stays (media_*, created_at).
 * `VALUES()` rather than `AS new`: MariaDB knows only the former.
 */
export function upsertRows(dataset: Dataset, count: number): string {
  return cacheText(dataset, count, () => buildUpsert(dataset, count));
}

/** Texts of 20 KB that are wanted again and again: built, and looked up by the driver, they cost more than they take. */
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

/** The same for a table beside the resource's own one: the key, then the columns that it holds. */
export function upsertSide(dataset: Dataset, { table, fields }: TablePart, count: number): string {
  const columns = fields.map((field) => field.column);
  return insertOrUpdate(dataset, table, [keyColumn(dataset), ...columns], columns, count);
}

/**
 * Inserts `count` rows with these columns, or replaces some of them in the rows that are there. ON DUPLICATE KEY UPDATE also
 * takes a row that has another key, if a unique index of the user's own has its value, or if the key's collation was changed:
 * the key then becomes NULL, which both servers refuse (1048), so that no record overwrites another one. See `runNaming`.
 * @param dataset the one whose key the table has.
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

/** The same statement without its update. */
export function insertOnly(statement: string): string {
  return statement.slice(0, statement.indexOf(UPDATE));
}

export function upsertPayloads(dataset: Dataset, count: number): string {
  return insertOrUpdate(dataset, dataset.rawTable, [keyColumn(dataset), 'payload'], ['payload'], count);
}

/** Key, version, hash and whether deleted, of `count` keys; `watched`: when, and these columns as `w0`, `w1` … too. */
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

/** The keys stored for `count` parents, deleted ones with them. */
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

/** @throws Error for a field that the resource does not describe: a mistake in src/resources. */
export function columnFor(dataset: Dataset, name: string): string {
  const field = dataset.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${dataset.name} describes no field ${name}`);
  return field.column;
}

function tuples(width: number, count: number): string {
  return Array.from({ length: count }, () => `(${placeholders(width)})`).join(', ');
}

/** Names come from src/resources, or were checked there; the back-tick is doubled all the same. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

import { marks } from '../db/marks.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type Part, partsOf } from './parts.ts';

/** What we keep beside a record's own fields, in the order that `upsert.ts` binds it. */
const BOOKKEEPING = ['content_hash', 'run_id', 'created_at', 'updated_at'];

/** MySQL's limit for the placeholders of one prepared statement. */
const MOST_PLACEHOLDERS = 65_535;

/** Rows a statement can hold at most. */
export function mostRows(resource: Dataset): number {
  const { main, sides } = partsOf(resource);
  const widest = Math.max(...[main, ...sides].map(({ fields }) => fields.length));
  return Math.floor(MOST_PLACEHOLDERS / (widest + BOOKKEEPING.length));
}

/**
 * Inserts `count` rows or replaces their columns; what this statement does not name stays (media_*, created_at).
 * `VALUES()` rather than `AS new`: MariaDB knows only the former.
 */
export function upsertRows(resource: Dataset, count: number): string {
  return remembered(resource, count, () => textOfUpsert(resource, count));
}

/** Texts of 20 KB that are wanted again and again: built, and looked up by the driver, they cost more than they take. */
const known = new WeakMap<Dataset, Map<number, string>>();

function remembered(resource: Dataset, count: number, build: () => string): string {
  const texts = known.get(resource) ?? new Map<number, string>();
  known.set(resource, texts);
  const text = texts.get(count) ?? build();
  texts.set(count, text);
  return text;
}

function textOfUpsert(resource: Dataset, count: number): string {
  const columns = [...partsOf(resource).main.fields.map((field) => field.column), ...BOOKKEEPING];
  const kept = new Set([keyColumn(resource), 'created_at']);
  const replaced = columns.filter((column) => !kept.has(column));
  return `${insertOrUpdate(resource, resource.table, columns, replaced, count)}, deleted_at = NULL`;
}

/** The same for a table beside the resource's own one: the key, then the columns that it holds. */
export function upsertSide(resource: Dataset, { table, fields }: Part, count: number): string {
  const columns = fields.map((field) => field.column);
  return insertOrUpdate(resource, table, [keyColumn(resource), ...columns], columns, count);
}

/**
 * Inserts `count` rows with these columns, or replaces some of them in the rows that are there. ON DUPLICATE KEY UPDATE also
 * takes a row that has another key, if a unique index of the user's own has its value, or if the key's collation was changed:
 * the key then becomes NULL, which both servers refuse (1048), so that no record overwrites another one. See `runNaming`.
 * @param resource the one whose key the table has.
 */
export function insertOrUpdate(
  resource: Dataset,
  table: string,
  columns: readonly string[],
  replaced: readonly string[],
  count: number,
): string {
  const key = quote(keyColumn(resource));
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

export function upsertPayloads(resource: Dataset, count: number): string {
  return insertOrUpdate(resource, resource.rawTable, [keyColumn(resource), 'payload'], ['payload'], count);
}

/** Key, version, hash and whether deleted, of `count` keys; `watched`: when, and these columns as `w0`, `w1` … too. */
export function selectStored(resource: Dataset, count: number, watched: readonly string[] = []): string {
  const version = resource.version === undefined ? 'NULL' : quote(columnFor(resource, resource.version));
  const more =
    watched.length === 0
      ? ''
      : [', deleted_at AS w', ...watched.map((name, nth) => `${quote(name)} AS w${nth}`)].join(', ');
  return (
    `SELECT ${quote(keyColumn(resource))} AS record_key, ${version} AS version, content_hash AS hash, ` +
    `deleted_at IS NOT NULL AS deleted${more} FROM ${quote(resource.table)} WHERE ${quote(keyColumn(resource))} IN (${marks(count)})`
  );
}

/** The keys stored for `count` parents, deleted ones with them. */
export function selectKeysOfParents(resource: Dataset, parentColumn: string, count: number): string {
  return (
    `SELECT ${quote(keyColumn(resource))} AS record_key, ${quote(parentColumn)} AS parent, ` +
    `deleted_at IS NOT NULL AS deleted FROM ${quote(resource.table)} WHERE ${quote(parentColumn)} IN (${marks(count)})`
  );
}

export function deleteKeys(table: string, resource: Dataset, count: number): string {
  return `DELETE FROM ${quote(table)} WHERE ${quote(keyColumn(resource))} IN (${marks(count)})`;
}

export function keyColumn(resource: Dataset): string {
  return columnFor(resource, resource.key);
}

/** @throws Error for a field that the resource does not describe: a mistake in src/resources. */
export function columnFor(resource: Dataset, name: string): string {
  const field = resource.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${resource.name} describes no field ${name}`);
  return field.column;
}

function tuples(width: number, count: number): string {
  return Array.from({ length: count }, () => `(${marks(width)})`).join(', ');
}

/** Names come from src/resources, or were checked there; the back-tick is doubled all the same. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

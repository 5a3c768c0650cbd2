import { decimal } from '../../dataset/describe.ts';
import type { FieldType } from '../../dataset/dataset.ts';
import type { ReleaseColumn, ReleaseTable } from '../../dataset/release-table.ts';
import { tablePrefix } from '../../dataset/table-prefix.ts';
import { ConfigError } from '../../errors.ts';
import type { ConstantColumn, Layout, LayoutColumn, LayoutTable } from './layouts/layout.ts';

/** MySQL allows 64 characters; names of staging tables and kept releases add to it. */
const MAX_TABLE_NAME = 48;

/** MariaDB and MySQL store a VARCHAR of 64 characters or more outside the page, if it is too full, shorter ones never. */
const MIN_MOVABLE_LENGTH = 64;
/** Bytes for short columns in an InnoDB page of 16 KB: 8126, less room for other columns and for longer values. */
const MAX_INLINE_BYTES = 6000;

/**
 * Returns the tables of a source that uses a layout, in the order of the layout.
 * @param id the source's id, with which the names of its tables begin.
 * @param selected names of tables; undefined: all of them.
 * @throws ConfigError for a name that the layout does not have.
 */
export function releaseTables(
  id: string,
  layout: Layout,
  selected: readonly string[] | undefined,
): readonly ReleaseTable[] {
  const tables = selectTables(id, layout, selected);
  const names = new Set(tables.map(({ name }) => name));
  return tables.map((table) => ({
    name: table.name,
    table: tableName(id, table.name),
    columns: releaseColumns(table),
    key: table.key,
    indexes: table.indexes,
    // A reference to a table that is not loaded cannot be checked.
    rules: table.rules.filter((rule) => rule.kind !== 'reference' || names.has(rule.table)),
  }));
}

/** Returns the tables of a layout that are selected. @throws ConfigError for a name that the layout does not have. */
export function selectTables(
  id: string,
  layout: Layout,
  selected: readonly string[] | undefined,
): readonly LayoutTable[] {
  const known = new Set(layout.tables.map(({ name }) => name));
  const unknown = (selected ?? []).filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new ConfigError(
      `${id} selects tables that the layout ${layout.name} does not have: ${unknown.join(', ')}`,
      { op: 'read sources', hint: `its tables are ${[...known].join(', ')}` },
    );
  return layout.tables.filter(({ name }) => selected === undefined || selected.includes(name));
}

/** Names a table of a source. @throws ConfigError if the name is too long. */
export function tableName(id: string, name: string): string {
  const table = `${tablePrefix(id)}_${name}`;
  if (table.length <= MAX_TABLE_NAME) return table;
  throw new ConfigError(`the table ${table} has a name of more than ${MAX_TABLE_NAME} characters`, {
    op: 'read sources',
    hint: 'use a shorter id for the source',
  });
}

/** Returns the columns of a table: those of its lines, then the constant ones. */
export function releaseColumns(table: LayoutTable): readonly ReleaseColumn[] {
  const columns = [...table.columns, ...table.constants];
  const inline = columns.reduce((sum, column) => sum + inlineBytes(columnType(column)), 0);
  return columns.map((column) => {
    const type = columnType(column);
    return {
      name: column.name,
      column: column.column,
      type: inline > MAX_INLINE_BYTES ? widen(type) : type,
      isCode: column.kind === 'account' || column.kind === 'code',
    };
  });
}

function inlineBytes(type: FieldType): number {
  return type.kind === 'string' && type.length < MIN_MOVABLE_LENGTH ? type.length * 4 : 0;
}

/** Makes columns movable that take more space in the page than the pointer to a moved one. */
function widen(type: FieldType): FieldType {
  return type.kind === 'string' && type.length >= 10
    ? { kind: 'string', length: Math.max(type.length, MIN_MOVABLE_LENGTH) }
    : type;
}

function columnType(column: LayoutColumn | ConstantColumn): FieldType {
  switch (column.kind) {
    case 'integer':
    case 'money':
      return { kind: 'bigint' };
    case 'number':
      return decimal(24, 8);
    case 'year':
      return { kind: 'integer' };
    case 'date':
      return { kind: 'date' };
    case 'flag':
      if ('letters' in column && column.letters !== undefined) return { kind: 'integer' };
      return { kind: 'string', length: column.length ?? 1 };
    case 'account':
    case 'code':
    case 'text':
      return { kind: 'string', length: column.length ?? 1 };
  }
}

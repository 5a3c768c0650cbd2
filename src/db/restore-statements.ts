import type { TableDefinition } from './table-definitions.ts';
import type { ActualTable } from './table-state.ts';

/** Returns SQL that adds a column as it was defined, with its indexes. Returns plain instructions if it belongs to the key. */
export function addColumn(made: TableDefinition, actual: ActualTable, column: string): string {
  if (made.key.includes(column)) {
    return `give ${made.name}.${column} its name back (ALTER TABLE ${made.name} RENAME COLUMN … TO ${column}), or restore the table from a backup`;
  }
  const indexes = [...made.indexes]
    .filter(([name, columns]) => columns.join() === column && !isOtherIndex(actual, name, column))
    .map(([name]) => `, ADD KEY ${name} (${quote(column)})`);
  return `ALTER TABLE ${made.name} ADD COLUMN ${quote(column)} ${withDefaultForOldRows(definitionOf(made, column))}${indexes.join('')}`;
}

/** Whether an index of this name exists that is not dropped with the column. */
function isOtherIndex({ indexes }: ActualTable, name: string, column: string): boolean {
  const columns = indexes.get(name)?.columns;
  return columns !== undefined && columns.join() !== column;
}

export function modifyColumn(made: TableDefinition, column: string): string {
  return `ALTER TABLE ${made.name} MODIFY ${quote(column)} ${definitionOf(made, column)}`;
}

/** Keeps the user's AUTO_INCREMENT primary key. Replaces any other, and removes partitions, which would need a wider key. */
export function restoreKey(made: TableDefinition, actual: ActualTable): string {
  const columns = made.key.map(quote).join(', ');
  const primary = actual.indexes.get('PRIMARY')?.columns ?? [];
  const isOwnId = primary.some(
    (column) =>
      column !== undefined &&
      !made.columns.has(column) &&
      /auto_increment/i.test(actual.columns.get(column)?.extra ?? ''),
  );
  const first = actual.isPartitioned ? `ALTER TABLE ${made.name} REMOVE PARTITIONING; ` : '';
  if (isOwnId) return `${first}ALTER TABLE ${made.name} ADD UNIQUE KEY trestle_etl_key (${columns})`;
  const drop = actual.indexes.has('PRIMARY') ? 'DROP PRIMARY KEY, ' : '';
  return `${first}ALTER TABLE ${made.name} ${drop}ADD PRIMARY KEY (${columns})`;
}

/** Adds the collation of text columns: the table's default may have been altered too. */
function definitionOf({ columns, collation }: TableDefinition, column: string): string {
  const definition = columns.get(column) ?? '';
  if (collation === '' || /COLLATE|CHARACTER SET/.test(definition)) return definition;
  return definition.replace(/^((?:VAR)?CHAR\(\d+\)|\w*TEXT)(?= |$)/, `$1 COLLATE ${collation}`);
}

/** A strict server refuses to add a DATETIME NOT NULL without a default to a table that has rows. */
function withDefaultForOldRows(definition: string): string {
  return /^DATETIME(?:\(3\))? NOT NULL$/.test(definition)
    ? `${definition} DEFAULT '1970-01-01 00:00:00'`
    : definition;
}

/** Quotes only if required: users read these statements. */
function quote(column: string): string {
  return column === 'order' ? '`order`' : column;
}

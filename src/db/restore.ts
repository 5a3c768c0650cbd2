import type { MadeTable } from './made.ts';
import type { TableHere } from './table-state.ts';

/** Adds a column as it was made, with indexes that went with it. In words if it belongs to the key. */
export function addColumn(made: MadeTable, here: TableHere, column: string): string {
  if (made.key.includes(column)) {
    return `give ${made.name}.${column} its name back (ALTER TABLE ${made.name} RENAME COLUMN … TO ${column}), or restore the table from a backup`;
  }
  const indexes = [...made.indexes]
    .filter(([name, columns]) => columns.join() === column && !isOther(here, name, column))
    .map(([name]) => `, ADD KEY ${name} (${quote(column)})`);
  return `ALTER TABLE ${made.name} ADD COLUMN ${quote(column)} ${forOldRows(definitionOf(made, column))}${indexes.join('')}`;
}

/** Whether there is an index of this name that does not go away with the column. */
function isOther({ indexes }: TableHere, name: string, column: string): boolean {
  const columns = indexes.get(name)?.columns;
  return columns !== undefined && columns.join() !== column;
}

export function modifyColumn(made: MadeTable, column: string): string {
  return `ALTER TABLE ${made.name} MODIFY ${quote(column)} ${definitionOf(made, column)}`;
}

/** An own AUTO_INCREMENT primary key stays; any other gives way, and so do partitions, which would need a wider key. */
export function restoreKey(made: MadeTable, here: TableHere): string {
  const columns = made.key.map(quote).join(', ');
  const primary = here.indexes.get('PRIMARY')?.columns ?? [];
  const isOwnId = primary.some(
    (column) =>
      column !== undefined &&
      !made.columns.has(column) &&
      /auto_increment/i.test(here.columns.get(column)?.extra ?? ''),
  );
  const first = here.isPartitioned ? `ALTER TABLE ${made.name} REMOVE PARTITIONING; ` : '';
  if (isOwnId) return `${first}ALTER TABLE ${made.name} ADD UNIQUE KEY trestle_etl_key (${columns})`;
  const drop = here.indexes.has('PRIMARY') ? 'DROP PRIMARY KEY, ' : '';
  return `${first}ALTER TABLE ${made.name} ${drop}ADD PRIMARY KEY (${columns})`;
}

/** Names the collation of texts: the table's default may have been altered too. */
function definitionOf({ columns, collation }: MadeTable, column: string): string {
  const definition = columns.get(column) ?? '';
  if (collation === '' || /COLLATE|CHARACTER SET/.test(definition)) return definition;
  return definition.replace(/^((?:VAR)?CHAR\(\d+\)|\w*TEXT)(?= |$)/, `$1 COLLATE ${collation}`);
}

/** A strict server adds no DATETIME NOT NULL without a value to a table that has rows. */
function forOldRows(definition: string): string {
  return /^DATETIME(?:\(3\))? NOT NULL$/.test(definition)
    ? `${definition} DEFAULT '1970-01-01 00:00:00'`
    : definition;
}

/** Only where it is needed: people read these statements. */
function quote(column: string): string {
  return column === 'order' ? '`order`' : column;
}

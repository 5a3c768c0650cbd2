import type { ExpectedSchema } from '../db/alterations.ts';
import { type TableDefinition, readTableDefinitions } from '../db/table-definitions.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { essentialFields } from '../dataset/essential.ts';
import { parentLink, photoFields } from '../dataset/reading.ts';
import { addedFields } from './column-problems.ts';
import { tablesOf } from './parts.ts';
import { sqlType } from './sql-type.ts';
import { keyColumn } from './statement.ts';

/**
 * Returns the expected schema: the tables of `sql/`, with the columns that the user added.
 * @param inUse the datasets that are loaded, with added fields: their tables must exist.
 * @param catalogue all datasets.
 */
export function expectedTables(inUse: readonly Dataset[], catalogue: readonly Dataset[]): ExpectedSchema {
  const made = new Map(readTableDefinitions().map((table) => [table.name, table]));
  const optional = new Set<string>();
  const parents = new Set(inUse.map((dataset) => parentLink(dataset)?.parent));
  const used = new Set(inUse.map(({ name }) => name));
  for (const { name, table, rawTable } of catalogue) {
    if (!used.has(name) && !parents.has(name)) optional.add(table).add(rawTable);
  }
  for (const dataset of inUse) {
    for (const table of withAddedColumns(made, dataset)) made.set(table.name, table);
    for (const { table = dataset.table, column } of addedFields(dataset)) optional.add(`${table}.${column}`);
    for (const side of tablesOf(dataset).slice(1)) optional.add(side);
  }
  const lenient = [...catalogue, ...inUse].flatMap(lenientColumns);
  return { tables: [...made.values()], optional, lenient: new Set(lenient) };
}

/** Returns the dataset's main and side tables, with the columns that the user added. */
function withAddedColumns(made: ReadonlyMap<string, TableDefinition>, dataset: Dataset): TableDefinition[] {
  const main = made.get(dataset.table);
  if (main === undefined) return [];
  const key = keyColumn(dataset);
  return tablesOf(dataset).map((name) => {
    const own = addedFields(dataset).filter(({ table = dataset.table }) => table === name);
    const added = own.map(({ column, type }) => [column, `${sqlType(type).toUpperCase()} NULL`] as const);
    if (name === dataset.table) return { ...main, columns: new Map([...main.columns, ...added]) };
    const first = [key, main.columns.get(key) ?? ''] as const;
    return { ...main, name, key: [key], columns: new Map([first, ...added]), indexes: new Map() };
  });
}

/** Columns of fields that neither identify nor order records, and without which a row does not mislead. */
function lenientColumns(dataset: Dataset): string[] {
  const photos = photoFields(dataset);
  const important = new Set([...essentialFields(dataset), photos?.changed, photos?.count]);
  return dataset.fields
    .filter(({ name }) => !important.has(name))
    .map(({ table = dataset.table, column }) => `${table}.${column}`);
}

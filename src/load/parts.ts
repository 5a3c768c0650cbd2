import type { Field, Dataset } from '../dataset/dataset.ts';

/** A table that holds some of a dataset's columns. */
export type TablePart = {
  readonly table: string;
  readonly fields: readonly Field[];
  /** Indexes of the values of `fields` in `Row.values`. */
  readonly positions: readonly number[];
};

/** The dataset's main table and its side tables: 1:1 with the same key, for columns that do not fit in the main table. */
export type TableParts = { readonly main: TablePart; readonly sides: readonly TablePart[] };

const cache = new WeakMap<Dataset, TableParts>();

export function partsOf(dataset: Dataset): TableParts {
  const parts = cache.get(dataset) ?? splitByTable(dataset);
  cache.set(dataset, parts);
  return parts;
}

/** The tables that hold a record, without the payload. The main table is first, because it is the one that is locked. */
export function tablesOf(dataset: Dataset): string[] {
  const { main, sides } = partsOf(dataset);
  return [main.table, ...sides.map((side) => side.table)];
}

function splitByTable(dataset: Dataset): TableParts {
  const tables = [...new Set(dataset.fields.map((field) => field.table ?? dataset.table))].sort();
  const parts = tables.map((table) => partOf(dataset, table));
  const main = parts.find((part) => part.table === dataset.table) ?? partOf(dataset, dataset.table);
  return { main, sides: parts.filter((part) => part !== main) };
}

function partOf(dataset: Dataset, table: string): TablePart {
  const positions = dataset.fields.flatMap((field, position) =>
    (field.table ?? dataset.table) === table ? [position] : [],
  );
  return { table, positions, fields: positions.map((position) => dataset.fields[position]!) };
}

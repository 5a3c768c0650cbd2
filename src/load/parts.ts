import type { Field, Dataset } from '../dataset/dataset.ts';

/** One of the tables that a resource's columns lie in. */
export type TablePart = {
  readonly table: string;
  readonly fields: readonly Field[];
  /** Where the values of `fields` stand among those of a row. */
  readonly positions: readonly number[];
};

/** The resource's own table, and those beside it: 1:1, with the same key, for columns that it has no room for. */
export type TableParts = { readonly main: TablePart; readonly sides: readonly TablePart[] };

const cache = new WeakMap<Dataset, TableParts>();

export function partsOf(dataset: Dataset): TableParts {
  const parts = cache.get(dataset) ?? splitByTable(dataset);
  cache.set(dataset, parts);
  return parts;
}

/** The tables that hold a record of the resource, its payload apart; its own one first, as it is the one that is locked. */
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
  const places = dataset.fields.flatMap((field, place) =>
    (field.table ?? dataset.table) === table ? [place] : [],
  );
  return { table, positions: places, fields: places.map((place) => dataset.fields[place]!) };
}

import type { Field, Dataset } from '../dataset/dataset.ts';

/** One of the tables that a resource's columns lie in. */
export type Part = {
  readonly table: string;
  readonly fields: readonly Field[];
  /** Where the values of `fields` stand among those of a row. */
  readonly places: readonly number[];
};

/** The resource's own table, and those beside it: 1:1, with the same key, for columns that it has no room for. */
export type Parts = { readonly main: Part; readonly sides: readonly Part[] };

const known = new WeakMap<Dataset, Parts>();

export function partsOf(dataset: Dataset): Parts {
  const parts = known.get(dataset) ?? split(dataset);
  known.set(dataset, parts);
  return parts;
}

/** The tables that hold a record of the resource, its payload apart; its own one first, as it is the one that is locked. */
export function tablesOf(dataset: Dataset): string[] {
  const { main, sides } = partsOf(dataset);
  return [main.table, ...sides.map((side) => side.table)];
}

function split(dataset: Dataset): Parts {
  const tables = [...new Set(dataset.fields.map((field) => field.table ?? dataset.table))].sort();
  const parts = tables.map((table) => partOf(dataset, table));
  const main = parts.find((part) => part.table === dataset.table) ?? partOf(dataset, dataset.table);
  return { main, sides: parts.filter((part) => part !== main) };
}

function partOf(dataset: Dataset, table: string): Part {
  const places = dataset.fields.flatMap((field, place) =>
    (field.table ?? dataset.table) === table ? [place] : [],
  );
  return { table, places, fields: places.map((place) => dataset.fields[place]!) };
}

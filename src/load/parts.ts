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

export function partsOf(resource: Dataset): Parts {
  const parts = known.get(resource) ?? split(resource);
  known.set(resource, parts);
  return parts;
}

/** The tables that hold a record of the resource, its payload apart; its own one first, as it is the one that is locked. */
export function tablesOf(resource: Dataset): string[] {
  const { main, sides } = partsOf(resource);
  return [main.table, ...sides.map((side) => side.table)];
}

function split(resource: Dataset): Parts {
  const tables = [...new Set(resource.fields.map((field) => field.table ?? resource.table))].sort();
  const parts = tables.map((table) => partOf(resource, table));
  const main = parts.find((part) => part.table === resource.table) ?? partOf(resource, resource.table);
  return { main, sides: parts.filter((part) => part !== main) };
}

function partOf(resource: Dataset, table: string): Part {
  const places = resource.fields.flatMap((field, place) =>
    (field.table ?? resource.table) === table ? [place] : [],
  );
  return { table, places, fields: places.map((place) => resource.fields[place]!) };
}

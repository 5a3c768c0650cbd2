import type { Column } from '../db/columns.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import { sqlType } from './sql-type.ts';

/** What of the added fields is not as it should be in the tables. */
export type ColumnProblems = {
  readonly missing: readonly Field[];
  /** Columns of another type. */
  readonly wrong: readonly { readonly field: Field; readonly here: string }[];
};

/** @param actual the columns of each table; none for one that is not there. */
export function findColumnProblems(
  actual: ReadonlyMap<string, readonly Column[]>,
  dataset: Dataset,
): ColumnProblems {
  const missing: Field[] = [];
  const wrong: { field: Field; here: string }[] = [];
  for (const field of addedFields(dataset)) {
    const columns = actual.get(field.table ?? dataset.table) ?? [];
    const column = columns.find((each) => each.name === field.column);
    if (column === undefined) missing.push(field);
    else if (column.type !== sqlType(field.type)) wrong.push({ field, here: column.type });
  }
  return { missing, wrong };
}

/** The fields that the user added. */
export function addedFields({ fields, added = {} }: Dataset): readonly Field[] {
  return fields.filter((field) => Object.hasOwn(added, field.name));
}

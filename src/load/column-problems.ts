import type { Column } from '../db/columns.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import { sqlType } from './sql-type.ts';

/** Added fields whose columns are missing or have the wrong type. */
export type ColumnProblems = {
  readonly missing: readonly Field[];
  /** Columns with a different type. */
  readonly wrong: readonly { readonly field: Field; readonly actual: string }[];
};

/** @param actual the columns of each existing table. */
export function findColumnProblems(
  actual: ReadonlyMap<string, readonly Column[]>,
  dataset: Dataset,
): ColumnProblems {
  const missing: Field[] = [];
  const wrong: { field: Field; actual: string }[] = [];
  for (const field of addedFields(dataset)) {
    const columns = actual.get(field.table ?? dataset.table) ?? [];
    const column = columns.find((each) => each.name === field.column);
    if (column === undefined) missing.push(field);
    else if (column.type !== sqlType(field.type)) wrong.push({ field, actual: column.type });
  }
  return { missing, wrong };
}

/** The fields that the user added. */
export function addedFields({ fields, added = {} }: Dataset): readonly Field[] {
  return fields.filter((field) => Object.hasOwn(added, field.name));
}

import type { LayoutTable } from './layout.ts';

/** Finds the column of the database for a name that a layout uses, without regard to case; undefined if there is none. */
export function resolveColumn(
  table: Pick<LayoutTable, 'columns' | 'constants'>,
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  const all = [...table.columns, ...table.constants];
  return all.find((each) => each.name.toLowerCase() === wanted || each.column === wanted)?.column;
}

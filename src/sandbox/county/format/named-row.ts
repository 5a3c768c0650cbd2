import type { Cell, Column, Row } from './column.ts';

type Values = Readonly<Record<string, Cell>>;

/**
 * Returns a function that puts values by name of column into the order of the columns; a missing one is null. Values in two
 * objects: joining them costs more than the rest of a row.
 *
 * @throws RangeError if the first values have a name that is no column.
 */
export function rowMaker(columns: readonly Column[]): (values: Values, more?: Values) => Row {
  const names = columns.map(({ name }) => name);
  let isChecked = false;
  return (values, more) => {
    if (!isChecked) {
      const unknown = Object.keys({ ...values, ...more }).filter((name) => !names.includes(name));
      if (unknown.length > 0) throw new RangeError(`no column ${unknown.join(', ')}`);
      isChecked = true;
    }
    return names.map((name) => values[name] ?? more?.[name] ?? null);
  };
}

import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { columnFor } from '../../load/statement.ts';
import type { Row } from '../../model/row.ts';

/** The key of the record that a row belongs to. */
export function parentKeyOf(dataset: Dataset, row: Row): string | null {
  const column = columnFor(dataset, parentLink(dataset)!.field);
  const index = dataset.fields.findIndex((field) => field.column === column);
  return row.values[index] ?? null;
}

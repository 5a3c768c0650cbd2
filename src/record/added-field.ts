import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';

/** A column that the user added, and its fill progress. */
export type AddedField = {
  readonly resource: string;
  readonly field: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Null: an incomplete addition or removal. */
  readonly addedAt: string | null;
  /** The last filled key; null: none, or all. */
  readonly filledTo: string | null;
  readonly filledAt: string | null;
  readonly misfits: number;
};

type DatasetName = Pick<Dataset, 'name'>;

/** Reads the added fields of all datasets, oldest first. */
export async function readAddedFields(session: Session): Promise<AddedField[]> {
  return session.select<AddedField>(
    'SELECT resource, field, table_name AS `table`, column_name AS `column`, type, added_at AS addedAt, ' +
      'filled_to AS filledTo, filled_at AS filledAt, misfits FROM etl_field ORDER BY added_at, resource, field',
  );
}

/** Whether the field is active and not completely filled. */
export function isPending({ addedAt, filledAt }: AddedField): boolean {
  return addedAt !== null && filledAt === null;
}

/** Registers a column before it is created, so that it can be distinguished from a column of another program. */
export async function registerField(
  session: Session,
  { name }: DatasetName,
  column: Pick<AddedField, 'field' | 'table' | 'column' | 'type'>,
): Promise<void> {
  await session.run(
    'INSERT INTO etl_field (resource, field, table_name, column_name, type) VALUES (?, ?, ?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE table_name = VALUES(table_name), column_name = VALUES(column_name), type = VALUES(type), ' +
      'added_at = NULL, filled_to = NULL, filled_at = NULL, misfits = 0',
    [name, column.field, column.table, column.column, column.type],
  );
}

/**
 * Activates created columns: from now on, every process uses them. All unfilled columns of the dataset are filled together, so
 * fills in progress start again.
 * @param isFilled true if there is nothing to fill them from.
 */
export async function activateFields(
  session: Session,
  { name }: DatasetName,
  fields: readonly string[],
  isFilled: boolean,
  now: number,
): Promise<void> {
  const at = toSqlDateTime(now);
  await session.run(
    `UPDATE etl_field SET added_at = ?, filled_at = ? WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [at, isFilled ? at : null, name, ...fields],
  );
  await session.run(
    'UPDATE etl_field SET filled_to = NULL, misfits = 0 WHERE resource = ? AND filled_at IS NULL',
    [name],
  );
}

/** Saves the progress of a fill. @param misfits new conversion failures, by field. */
export async function saveFillProgress(
  session: Session,
  { name }: DatasetName,
  fields: readonly string[],
  filledTo: string,
  misfits: ReadonlyMap<string, number>,
): Promise<void> {
  await session.run(
    `UPDATE etl_field SET filled_to = ? WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [filledTo, name, ...fields],
  );
  for (const [field, count] of misfits) {
    await session.run('UPDATE etl_field SET misfits = misfits + ? WHERE resource = ? AND field = ?', [
      String(count),
      name,
      field,
    ]);
  }
}

export async function completeFill(
  session: Session,
  { name }: DatasetName,
  fields: readonly string[],
  now: number,
): Promise<void> {
  await session.run(
    `UPDATE etl_field SET filled_at = ?, filled_to = NULL WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [toSqlDateTime(now), name, ...fields],
  );
}

/** Deactivates columns that are about to be dropped: processes stop using them. */
export async function deactivateFields(
  session: Session,
  { name }: DatasetName,
  fields: readonly string[],
): Promise<void> {
  await session.run(
    `UPDATE etl_field SET added_at = NULL WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [name, ...fields],
  );
}

export async function deleteFields(
  session: Session,
  { name }: DatasetName,
  fields: readonly string[],
): Promise<void> {
  await session.run(
    `DELETE FROM etl_field WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [name, ...fields],
  );
}

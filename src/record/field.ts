import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { toSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';

/** A column that the user added, and how far it is filled. */
export type AddedField = {
  readonly resource: string;
  readonly field: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Null: an addition or a removal that was not brought to its end. */
  readonly addedAt: string | null;
  /** The last key that is filled; null: none, or all. */
  readonly filledTo: string | null;
  readonly filledAt: string | null;
  readonly misfits: number;
};

type Named = Pick<Dataset, 'name'>;

/** Of every resource, oldest first. */
export async function readAdded(session: Session): Promise<AddedField[]> {
  return session.select<AddedField>(
    'SELECT resource, field, table_name AS `table`, column_name AS `column`, type, added_at AS addedAt, ' +
      'filled_to AS filledTo, filled_at AS filledAt, misfits FROM etl_field ORDER BY added_at, resource, field',
  );
}

/** In force, and not filled to the end. */
export function isPending({ addedAt, filledAt }: AddedField): boolean {
  return addedAt !== null && filledAt === null;
}

/** Notes a column before it is made, so that a column of ours is told from one of somebody else's. */
export async function announce(
  session: Session,
  { name }: Named,
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
 * Columns are made, and every process knows of them from now on. All of the resource that are not filled are filled
 * together, so that those which had begun begin again.
 * @param isFilled there is nothing to fill them from.
 */
export async function putInForce(
  session: Session,
  { name }: Named,
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

/** How far the fields that are being filled have come. @param misfits new ones, by field. */
export async function advance(
  session: Session,
  { name }: Named,
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

export async function endFilling(
  session: Session,
  { name }: Named,
  fields: readonly string[],
  now: number,
): Promise<void> {
  await session.run(
    `UPDATE etl_field SET filled_at = ?, filled_to = NULL WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [toSqlDateTime(now), name, ...fields],
  );
}

/** The columns are about to be dropped: no process has to know of them any more. */
export async function takeOutOfForce(
  session: Session,
  { name }: Named,
  fields: readonly string[],
): Promise<void> {
  await session.run(
    `UPDATE etl_field SET added_at = NULL WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [name, ...fields],
  );
}

export async function forget(session: Session, { name }: Named, fields: readonly string[]): Promise<void> {
  await session.run(
    `DELETE FROM etl_field WHERE resource = ? AND field IN (${placeholders(fields.length)})`,
    [name, ...fields],
  );
}

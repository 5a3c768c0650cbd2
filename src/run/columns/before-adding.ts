import { readColumns } from '../../db/columns.ts';
import type { Session } from '../../db/pool.ts';
import { missingRights, type Right } from '../../db/rights.ts';
import { ConfigError } from '../../errors.ts';
import { dropColumns } from '../../load/alter.ts';
import type { Field, Dataset } from '../../dataset/dataset.ts';
import { readAddedFields } from '../../record/added-field.ts';

/**
 * Checks the rights before anything is altered: a failure halfway would leave columns that no file names.
 * @param hasSides whether columns go into additional tables.
 * @throws ConfigError
 */
export async function requireRights(session: Session, hasSides: boolean): Promise<void> {
  const needed: readonly Right[] = hasSides ? ['ALTER', 'CREATE', 'CREATE VIEW', 'DROP'] : ['ALTER'];
  const missing = await missingRights(session, needed);
  if (missing.length === 0) return;
  throw new ConfigError(`the database user lacks rights that new columns need: ${missing.join(', ')}`, {
    op: 'add fields',
    hint: 'docs/database.md has the GRANT for fields; nothing was changed',
  });
}

/** Drops columns that a killed command left behind: no file names them, and they may have another type. */
export async function dropLeftovers(
  session: Session,
  dataset: Dataset,
  fields: readonly Field[],
): Promise<void> {
  const leftovers = (await readAddedFields(session)).filter(
    (added) =>
      added.resource === dataset.name &&
      added.addedAt === null &&
      fields.some((field) => field.name === added.field),
  );
  for (const { table, column } of leftovers) {
    const columns = await readColumns(session, table);
    if (columns.some(({ name }) => name === column)) await session.run(dropColumns(table, [column]));
  }
}

/** The tables that may hold columns of a dataset. */
export function candidateTables({ table }: Dataset): string[] {
  return [table, ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${table}_${number}`)];
}

/** @throws ConfigError if a column that trestle-etl did not add has the name of a new one. */
export function refuseTaken(
  dataset: Dataset,
  fields: readonly Field[],
  columns: readonly { readonly name: string }[],
): void {
  const taken = fields.filter((field) => columns.some((column) => column.name === field.column));
  if (taken.length === 0) return;
  throw new ConfigError(
    `${dataset.table} has columns of these names that trestle-etl did not add: ${taken.map((field) => field.column).join(', ')}`,
    { op: 'add fields', hint: 'drop them, or rename them' },
  );
}

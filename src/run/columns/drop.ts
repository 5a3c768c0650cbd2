import { readColumns } from '../../db/columns.ts';
import { errnoOf, serverMessageOf } from '../../db/errors.ts';
import type { Session } from '../../db/pool.ts';
import { ConfigError } from '../../errors.ts';
import { dropColumns, dropTable, dropView } from '../../load/alter.ts';
import { tablesOf } from '../../load/parts.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { deleteIssuesOfFields } from '../../record/field-issue.ts';
import { type AddedField, deleteFields, activateFields, deactivateFields } from '../../record/added-field.ts';
import { withAdditions } from '../../dataset/additions.ts';
import { withRun } from '../lifecycle.ts';
import type { ColumnTools } from './column-tools.ts';
import { recreateView } from './ensure.ts';
import { withFieldsLock } from './fields-lock.ts';

/**
 * Drops columns that the user added, with their values; the payloads keep them. The steps are ordered so that a run or the
 * same call repairs the state after a kill.
 * @param recorded the added columns of the dataset in the database.
 * @throws BusyError while a run or another change of columns is active; ConfigError if something depends on a column.
 */
export async function dropAddedColumns(
  tools: ColumnTools,
  dataset: Dataset,
  names: readonly string[],
  recorded: readonly AddedField[],
): Promise<void> {
  await withFieldsLock(tools.run.database, () => dropUnderLock(tools, dataset, names, recorded));
}

async function dropUnderLock(
  { run: tools, file }: ColumnTools,
  dataset: Dataset,
  names: readonly string[],
  noted: readonly AddedField[],
): Promise<void> {
  // Without resources: otherwise the run would first create missing columns.
  await withRun(tools, { mode: 'fields', resources: [], dryRun: false }, async ({ connection }) => {
    const all = file.read();
    const own = Object.hasOwn(all, dataset.name) ? all[dataset.name]! : {};
    const remaining = Object.fromEntries(Object.entries(own).filter(([field]) => !names.includes(field)));
    await deactivateFields(connection, dataset, names);
    file.write({ ...all, [dataset.name]: remaining });
    const gone = noted.filter((added) => names.includes(added.field));
    try {
      await dropColumnsAndTables(connection, withAdditions(dataset, remaining), gone);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      await restoreColumns(connection, dataset, gone, tools.clock.now());
      file.write(all);
      throw error;
    }
    await deleteFields(connection, dataset, names);
    await deleteIssuesOfFields(connection, dataset.name, names);
    tools.log.main.info({ resource: dataset.name, fields: names }, 'columns dropped');
    return 'success';
  });
}

/** Updates the view first, because a view that names a dropped column cannot be read. */
async function dropColumnsAndTables(
  session: Session,
  rest: Dataset,
  gone: readonly AddedField[],
): Promise<void> {
  await recreateView(session, rest, new Set(gone.map((added) => added.column)));
  const kept = tablesOf(rest);
  if (kept.length === 1 && gone.some((added) => added.table !== rest.table))
    await session.run(dropView(rest));
  for (const table of new Set(gone.map((added) => added.table))) {
    if (!kept.includes(table)) {
      await session.run(dropTable(table));
      continue;
    }
    const present = new Set((await readColumns(session, table)).map((column) => column.name));
    const columns = gone.filter((added) => added.table === table && present.has(added.column));
    if (columns.length === 0) continue;
    await dropFrom(session, table, columns);
  }
}

/** A generated column, a check or an expression index uses the column; MariaDB reports an unknown column (1054). */
const DEPENDED_ON = new Set([1054, 1901, 3108, 3837, 3959]);

/** @throws ConfigError if an object of the user depends on one of the columns; then none of the table is dropped. */
async function dropFrom(session: Session, table: string, dropped: readonly AddedField[]): Promise<void> {
  const columns = dropped.map(({ column }) => column);
  try {
    await session.run(dropColumns(table, columns));
  } catch (cause) {
    if (!DEPENDED_ON.has(errnoOf(cause) ?? 0)) throw cause;
    throw new ConfigError(`cannot drop ${table}.${columns.join(', ')}: ${serverMessageOf(cause)}`, {
      op: 'drop fields',
      cause,
      hint: 'a generated column or a check of yours depends on it: drop that, then run this again',
    });
  }
}

/** Activates the columns again after a failed drop. The next run recreates columns that were already dropped. */
async function restoreColumns(
  session: Session,
  dataset: Dataset,
  gone: readonly AddedField[],
  now: number,
): Promise<void> {
  await recreateView(session, dataset);
  const active = gone.filter(({ addedAt }) => addedAt !== null);
  for (const isFilled of [true, false]) {
    const names = active.filter(({ filledAt }) => (filledAt !== null) === isFilled).map(({ field }) => field);
    if (names.length > 0) await activateFields(session, dataset, names, isFilled, now);
  }
}

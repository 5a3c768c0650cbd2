import { type Column, readColumns } from '../../db/columns.ts';
import type { Session } from '../../db/pool.ts';
import { BusyError, ConfigError } from '../../errors.ts';
import { addColumns, createSideTable, createView } from '../../load/alter.ts';
import { addedFields, findColumnProblems } from '../../load/column-problems.ts';
import { partsOf, tablesOf } from '../../load/parts.ts';
import { keyColumn } from '../../load/statement.ts';
import { sqlType } from '../../load/sql-type.ts';
import type { Field, Dataset } from '../../dataset/dataset.ts';
import { type AddedField, registerField, activateFields, readAddedFields } from '../../record/added-field.ts';
import type { RunTools } from '../active-run.ts';
import { createIndexes } from './fill.ts';
import { markAllStale } from './mark-stale.ts';

type EnsureTools = Pick<RunTools, 'hasNewFields' | 'progress' | 'log' | 'clock' | 'signal'>;

/**
 * Creates the added columns that this process knows, and fails if the tables have others: rows would be written without
 * values for them and then look complete. Call it under the database's lock.
 * @throws BusyError if columns were added or dropped since this process started; ConfigError if file and tables differ.
 */
export async function ensureColumns(
  tools: EnsureTools,
  session: Session,
  datasets: readonly Dataset[],
): Promise<void> {
  if (datasets.length === 0) return;
  if (tools.hasNewFields()) {
    throw new BusyError('fields were added or dropped just now; this run did nothing', {
      op: 'ensure columns',
      hint: 'run it again',
    });
  }
  const added = await readAddedFields(session);
  for (const dataset of datasets) {
    const own = added.filter((each) => each.resource === dataset.name && each.addedAt !== null);
    refuseUnknown(dataset, own);
    if (dataset.added !== undefined) await ensureDatasetColumns(tools, session, dataset, own);
  }
}

function refuseUnknown(dataset: Dataset, active: readonly AddedField[]): void {
  const unknown = active.filter(({ field }) => !Object.hasOwn(dataset.added ?? {}, field));
  if (unknown.length === 0) return;
  const names = unknown.map(({ field }) => field).join(' ');
  throw new ConfigError(
    `${dataset.table} has columns that FIELDS_FILE does not name: ${names}; their values would no longer be updated`,
    {
      op: 'ensure columns',
      hint: `copy the file from the machine that added them, or: trestle-etl fields add ${dataset.name} ${names} (or fields drop)`,
    },
  );
}

async function ensureDatasetColumns(
  tools: EnsureTools,
  session: Session,
  dataset: Dataset,
  active: readonly AddedField[],
): Promise<void> {
  const { missing, wrong } = findColumnProblems(await readTableColumns(session, tablesOf(dataset)), dataset);
  const [first] = wrong;
  if (first !== undefined) {
    const { field, actual } = first;
    throw new ConfigError(
      `${field.table ?? dataset.table}.${field.column} is ${actual}, but FIELDS_FILE has ${sqlType(field.type)}`,
      {
        op: 'ensure columns',
        hint: `change the type in the file, or: trestle-etl fields drop ${dataset.name} ${field.name}, then fields add`,
      },
    );
  }
  const known = new Set(active.map(({ field }) => field));
  const fresh = addedFields(dataset).filter((field) => missing.includes(field) || !known.has(field.name));
  if (fresh.length === 0) return;
  await createColumns(session, dataset, fresh);
  const isEmpty = (await session.select(`SELECT 1 AS one FROM ${dataset.table} LIMIT 1`)).length === 0;
  if (isEmpty) await createIndexes(session, dataset, fresh);
  else await markAllStale(tools, session, dataset);
  const names = fresh.map((field) => field.name);
  await activateFields(session, dataset, names, isEmpty, tools.clock.now());
  tools.log.main.info({ resource: dataset.name, fields: names }, 'columns added');
  if (isEmpty) return;
  tools.progress.report(
    `${dataset.name}: new columns: ${names.join(' ')}; trestle-etl fields add ${dataset.name} ${names.join(' ')} fills them`,
  );
  tools.log.main.warn({ resource: dataset.name, fields: names }, 'new columns are not filled yet');
}

/** Creates columns, the additional tables that hold them, and the view over all tables of the dataset. */
export async function createColumns(
  session: Session,
  dataset: Dataset,
  fields: readonly Field[],
): Promise<void> {
  for (const field of fields) {
    await registerField(session, dataset, {
      field: field.name,
      table: field.table ?? dataset.table,
      column: field.column,
      type: sqlType(field.type),
    });
  }
  const own = await readColumns(session, dataset.table);
  const collation = own.find((column) => column.name === keyColumn(dataset))?.collation ?? '';
  for (const table of new Set(fields.map((field) => field.table ?? dataset.table))) {
    if (table !== dataset.table) await session.run(createSideTable(dataset, table, collation));
    const present = new Set((await readColumns(session, table)).map((column) => column.name));
    const absent = fields.filter(
      (field) => (field.table ?? dataset.table) === table && !present.has(field.column),
    );
    if (absent.length > 0) await session.run(addColumns(table, absent));
  }
  await recreateView(session, dataset);
}

/** Recreates the view, if the dataset has additional tables. @param except columns that are about to be dropped. */
export async function recreateView(
  session: Session,
  dataset: Dataset,
  except: ReadonlySet<string> = new Set(),
): Promise<void> {
  if (partsOf(dataset).sides.length === 0) return;
  const own = (await readColumns(session, dataset.table)).map((column) => column.name);
  const columns = own.filter((column) => !except.has(column));
  await session.run(createView(dataset, columns));
}

export async function readTableColumns(
  session: Session,
  tables: readonly string[],
): Promise<Map<string, Column[]>> {
  const found = new Map<string, Column[]>();
  for (const table of tables) found.set(table, await readColumns(session, table));
  return found;
}

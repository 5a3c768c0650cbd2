import { type Column, readColumns } from '../../db/columns.ts';
import type { Session } from '../../db/pool.ts';
import { BusyError, ConfigError } from '../../errors.ts';
import { addColumns, createSideTable, createView } from '../../load/alter.ts';
import { addedFields, findColumnProblems } from '../../load/column-problems.ts';
import { partsOf, tablesOf } from '../../load/parts.ts';
import { keyColumn } from '../../load/statement.ts';
import { sqlType } from '../../load/sql-type.ts';
import type { Field, Dataset } from '../../dataset/dataset.ts';
import { type AddedField, announce, putInForce, readAdded } from '../../record/field.ts';
import type { RunTools } from '../active.ts';
import { makeIndexes } from './fill.ts';
import { outdateAll } from './mark-stale.ts';

type Tools = Pick<RunTools, 'hasNewFields' | 'progress' | 'log' | 'clock' | 'signal'>;

/**
 * Makes the tables have the added columns that this process knows of, and refuses to go on where they have others: rows
 * would be written without them, and then look as if they were complete. To be called under the database's lock.
 * @throws BusyError where columns were added or dropped since this process began, ConfigError where file and tables differ.
 */
export async function settleColumns(
  tools: Tools,
  session: Session,
  resources: readonly Dataset[],
): Promise<void> {
  if (resources.length === 0) return;
  if (tools.hasNewFields()) {
    throw new BusyError('fields were added or dropped a moment ago; this run did nothing', {
      op: 'settle columns',
      hint: 'run it again',
    });
  }
  const added = await readAdded(session);
  for (const resource of resources) {
    const own = added.filter((each) => each.resource === resource.name && each.addedAt !== null);
    refuseUnknown(resource, own);
    if (resource.added !== undefined) await settle(tools, session, resource, own);
  }
}

function refuseUnknown(resource: Dataset, inForce: readonly AddedField[]): void {
  const unknown = inForce.filter(({ field }) => !Object.hasOwn(resource.added ?? {}, field));
  if (unknown.length === 0) return;
  const names = unknown.map(({ field }) => field).join(' ');
  throw new ConfigError(
    `${resource.table} has columns that FIELDS_FILE does not name: ${names}; they would no longer be kept up to date`,
    {
      op: 'settle columns',
      hint: `copy the file here from where they were added, or: trestle-etl fields add ${resource.name} ${names} (or fields drop)`,
    },
  );
}

async function settle(
  tools: Tools,
  session: Session,
  resource: Dataset,
  inForce: readonly AddedField[],
): Promise<void> {
  const { missing, wrong } = findColumnProblems(await columnsOf(session, tablesOf(resource)), resource);
  const [first] = wrong;
  if (first !== undefined) {
    const { field, here } = first;
    throw new ConfigError(
      `${field.table ?? resource.table}.${field.column} is ${here}, and FIELDS_FILE says ${sqlType(field.type)}`,
      {
        op: 'settle columns',
        hint: `write its type as it is into the file, or: trestle-etl fields drop ${resource.name} ${field.name}, then fields add`,
      },
    );
  }
  const known = new Set(inForce.map(({ field }) => field));
  const fresh = addedFields(resource).filter((field) => missing.includes(field) || !known.has(field.name));
  if (fresh.length === 0) return;
  await makeColumns(session, resource, fresh);
  const isEmpty = (await session.select(`SELECT 1 AS one FROM ${resource.table} LIMIT 1`)).length === 0;
  if (isEmpty) await makeIndexes(session, resource, fresh);
  else await outdateAll(tools, session, resource);
  const names = fresh.map((field) => field.name);
  await putInForce(session, resource, names, isEmpty, tools.clock.now());
  tools.log.main.info({ resource: resource.name, fields: names }, 'columns added');
  if (isEmpty) return;
  tools.progress.say(
    `${resource.name}: the columns of ${names.join(' ')} are new; trestle-etl fields add ${resource.name} ${names.join(' ')} fills them`,
  );
  tools.log.main.warn({ resource: resource.name, fields: names }, 'new columns are to be filled');
}

/** Makes columns, the tables beside the resource's own one that they lie in, and the view over all of them. */
export async function makeColumns(
  session: Session,
  resource: Dataset,
  fields: readonly Field[],
): Promise<void> {
  for (const field of fields) {
    await announce(session, resource, {
      field: field.name,
      table: field.table ?? resource.table,
      column: field.column,
      type: sqlType(field.type),
    });
  }
  const own = await readColumns(session, resource.table);
  const collation = own.find((column) => column.name === keyColumn(resource))?.collation ?? '';
  for (const table of new Set(fields.map((field) => field.table ?? resource.table))) {
    if (table !== resource.table) await session.run(createSideTable(resource, table, collation));
    const here = new Set((await readColumns(session, table)).map((column) => column.name));
    const absent = fields.filter(
      (field) => (field.table ?? resource.table) === table && !here.has(field.column),
    );
    if (absent.length > 0) await session.run(addColumns(table, absent));
  }
  await makeView(session, resource);
}

/** Anew, where there are tables beside the resource's own one. @param except columns that are about to go. */
export async function makeView(
  session: Session,
  resource: Dataset,
  except: ReadonlySet<string> = new Set(),
): Promise<void> {
  if (partsOf(resource).sides.length === 0) return;
  const own = (await readColumns(session, resource.table)).map((column) => column.name);
  const columns = own.filter((column) => !except.has(column));
  await session.run(createView(resource, columns));
}

export async function columnsOf(session: Session, tables: readonly string[]): Promise<Map<string, Column[]>> {
  const found = new Map<string, Column[]>();
  for (const table of tables) found.set(table, await readColumns(session, table));
  return found;
}

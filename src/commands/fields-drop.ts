import type { Context } from '../app/context.ts';
import { readColumns } from '../db/columns.ts';
import { errnoOf, wordsOf } from '../db/errors.ts';
import type { Session } from '../db/pool.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { dropColumns, dropTable, dropView } from '../load/alter.ts';
import { tablesOf } from '../load/parts.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { forgetFields } from '../record/field-issue.ts';
import { type AddedField, forget, putInForce, readAdded, takeOutOfForce } from '../record/field.ts';

import { withAdditions } from '../dataset/additions.ts';
import { makeView } from '../run/columns/ensure.ts';
import { withRun } from '../run/lifecycle.ts';
import { alone, needTables } from './fields-add.ts';
import { resourceNamed } from './fields-wish.ts';

/**
 * Drops columns that the user added, with what is in them; the payloads keep it.
 * @throws UsageError for others, BusyError while a run or another fields command is active.
 */
export async function fieldsDropCommand(
  context: Context,
  name: string,
  names: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  const resource = resourceNamed(context.resources, name);
  await needTables(context);
  const inFile = new Set(Object.keys(resource.added ?? {}));
  const noted = (await readAdded(context.database)).filter((added) => added.resource === name);
  const strange = names.filter(
    (field) => !inFile.has(field) && !noted.some((added) => added.field === field),
  );
  if (names.length === 0 || strange.length > 0) {
    const added = [...inFile].join(', ') || 'none';
    throw new UsageError(
      `${strange.length === 0 ? 'fields drop takes the names of fields' : `not added by fields add: ${strange.join(', ')}`}; ${name} has ${added} of that kind`,
      { op: 'read arguments', hint: 'only columns that were added can be dropped' },
    );
  }
  await alone(context, () => drop(context, resource, names, noted));
  say(`dropped ${names.join(', ')} of ${name}; the next full-load writes its rows anew`);
}

/** In an order that leaves, whenever it is cut off, something that a run or the same command puts right. */
async function drop(
  { tools, fields: file }: Context,
  resource: Dataset,
  names: readonly string[],
  noted: readonly AddedField[],
): Promise<void> {
  // No resources: a run would first make the columns that are missing.
  await withRun(tools, { mode: 'fields', resources: [], dryRun: false }, async ({ connection }) => {
    const all = file.read();
    const own = Object.hasOwn(all, resource.name) ? all[resource.name]! : {};
    const left = Object.fromEntries(Object.entries(own).filter(([field]) => !names.includes(field)));
    await takeOutOfForce(connection, resource, names);
    file.write({ ...all, [resource.name]: left });
    const gone = noted.filter((added) => names.includes(added.field));
    try {
      await dropAll(connection, withAdditions(resource, left), gone);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      await takeBack(connection, resource, gone, tools.clock.now());
      file.write(all);
      throw error;
    }
    await forget(connection, resource, names);
    await forgetFields(connection, resource.name, names);
    tools.log.main.info({ resource: resource.name, fields: names }, 'columns dropped');
    return 'success';
  });
}

/** The view first: it can't be read once it names what is gone. */
async function dropAll(session: Session, rest: Dataset, gone: readonly AddedField[]): Promise<void> {
  await makeView(session, rest, new Set(gone.map((added) => added.column)));
  const kept = tablesOf(rest);
  if (kept.length === 1 && gone.some((added) => added.table !== rest.table))
    await session.run(dropView(rest));
  for (const table of new Set(gone.map((added) => added.table))) {
    if (!kept.includes(table)) {
      await session.run(dropTable(table));
      continue;
    }
    const here = new Set((await readColumns(session, table)).map((column) => column.name));
    const columns = gone.filter((added) => added.table === table && here.has(added.column));
    if (columns.length === 0) continue;
    await dropFrom(session, table, columns);
  }
}

/** A generated column, a check or an index over an expression names it; MariaDB's words for that are an unknown column. */
const DEPENDED_ON = new Set([1054, 1901, 3108, 3837, 3959]);

/** @throws ConfigError where something of the user's own needs one of them: then none of the table's is dropped. */
async function dropFrom(session: Session, table: string, dropped: readonly AddedField[]): Promise<void> {
  const columns = dropped.map(({ column }) => column);
  try {
    await session.run(dropColumns(table, columns));
  } catch (cause) {
    if (!DEPENDED_ON.has(errnoOf(cause) ?? 0)) throw cause;
    throw new ConfigError(`${table}.${columns.join(', ')} can't be dropped: ${wordsOf(cause)}`, {
      op: 'drop fields',
      cause,
      hint: 'something of yours depends on it, a generated column or a check: drop that, then run this again',
    });
  }
}

/** What could not be dropped is kept up to date as before; a column that is gone already is made again by the next run. */
async function takeBack(
  session: Session,
  resource: Dataset,
  gone: readonly AddedField[],
  now: number,
): Promise<void> {
  await makeView(session, resource);
  const inForce = gone.filter(({ addedAt }) => addedAt !== null);
  for (const isFilled of [true, false]) {
    const names = inForce
      .filter(({ filledAt }) => (filledAt !== null) === isFilled)
      .map(({ field }) => field);
    if (names.length > 0) await putInForce(session, resource, names, isFilled, now);
  }
}

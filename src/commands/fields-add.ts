import type { Context } from '../app/context.ts';
import { readColumns } from '../db/columns.ts';
import { hasTables } from '../db/migrate.ts';
import { freeFieldsLock, takeFieldsLock } from '../db/named-lock.ts';
import type { Connection, Session } from '../db/pool.ts';
import { missingRights, type Right } from '../db/rights.ts';
import { ConfigError } from '../errors.ts';
import { dropColumns } from '../load/alter.ts';
import { addedFields } from '../load/missing.ts';
import { place } from '../load/place.ts';
import type { Field, Dataset } from '../dataset/dataset.ts';
import type { Addition } from '../dataset/addition.ts';
import { readSchemas } from '../record/feed-schema.ts';
import { putInForce, readAdded } from '../record/field.ts';
import { withAdditions } from '../dataset/additions.ts';
import { printType } from '../dataset/types.ts';
import { columnsOf, makeColumns } from '../run/columns/ensure.ts';
import { fill, type Filled, makeIndexes } from '../run/columns/fill.ts';
import { outdateAll } from '../run/columns/mark-stale.ts';
import { withRun } from '../run/lifecycle.ts';
import { adopt } from './fields-adopt.ts';
import { additionOf, resourceNamed, wish, type WishFlags } from './fields-wish.ts';

export type AddFlags = WishFlags & {
  readonly index?: boolean;
  /** False with `--no-fill`. */
  readonly fill: boolean;
};

type Say = (text: string) => void;

/**
 * Adds columns and fills them from the stored payloads, without a call. Again with the same fields, it goes on where it
 * was stopped.
 * @throws BusyError while a run or another fields command is active.
 */
export async function fieldsAddCommand(
  context: Context,
  name: string,
  names: readonly string[],
  flags: AddFlags,
  say: Say,
): Promise<void> {
  const resource = resourceNamed(context.resources, name);
  await needTables(context);
  const [seen] = await readSchemas(context.database, 1);
  const sets = seen?.schema.sets ?? {};
  const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
  await alone(context, async (connection) => {
    const adopted = await adopt(connection, resource, names, flags);
    const { fields, notes } = wish(adopted, set, names, flags);
    for (const note of notes) say(note);
    if (fields.length > 0) needPayloads(context, flags);
    if (fields.length === 0) await settle(context, adopted, isDifferent(adopted, resource));
    const whole = fields.length === 0 ? adopted : await addTo(context, adopted, fields, flags, say);
    if (flags.fill) tellOf(whole, await fill(context.tools, connection, whole), say);
    else say('not filled: trestle-etl full-load does, and every sync for the records that it writes');
    const named = addedFields(whole).filter((field) => flags.all === true || names.includes(field.name));
    await makeIndexes(connection, whole, named);
  });
}

/** One fields command at a time: two would fill the same rows. */
export async function alone(
  { database }: Context,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = await database.connect();
  try {
    await takeFieldsLock(connection, database.name);
    await work(connection);
    await freeFieldsLock(connection, database.name);
    connection.release();
  } catch (error) {
    // Closing it frees the lock.
    connection.drop();
    throw error;
  }
}

export async function needTables({ database }: Context): Promise<void> {
  if (await hasTables(database)) return;
  throw new ConfigError('there are no tables yet', {
    op: 'change fields',
    hint: 'trestle-etl full-load makes and fills them',
  });
}

function needPayloads({ config }: Context, flags: AddFlags): void {
  if (config.keepPayload || !flags.fill) return;
  throw new ConfigError('PAYLOAD is off: there are no stored records that new columns could be filled from', {
    op: 'add fields',
    hint: 'with --no-fill they are added all the same; a full-load then fills them, a sync only in the records that it writes',
  });
}

function isDifferent(one: Dataset, other: Dataset): boolean {
  return JSON.stringify(one.added) !== JSON.stringify(other.added);
}

/** Where the file names columns that the tables do not have yet, a run makes them; what was taken over goes into the file. */
async function settle(context: Context, resource: Dataset, isAdopted: boolean): Promise<void> {
  const { tools, database, fields: file } = context;
  const run = { mode: 'fields', resources: [resource], dryRun: false } as const;
  if (isAdopted) {
    await withRun(tools, run, async () => {
      file.write({ ...file.read(), [resource.name]: resource.added ?? {} });
      return 'success';
    });
    return;
  }
  const inForce = (await readAdded(database)).filter(
    (added) => added.resource === resource.name && added.addedAt !== null,
  );
  const known = new Set(inForce.map((added) => added.field));
  const names = Object.keys(resource.added ?? {});
  if (names.length === known.size && names.every((name) => known.has(name)) && !tools.hasNewFields()) return;
  await withRun(tools, run, async () => 'success');
}

/** Before anything is altered: a right that is missing in the middle would leave columns that no file names. */
async function needRights(session: Session, hasSides: boolean): Promise<void> {
  const needed: readonly Right[] = hasSides ? ['ALTER', 'CREATE', 'CREATE VIEW', 'DROP'] : ['ALTER'];
  const missing = await missingRights(session, needed);
  if (missing.length === 0) return;
  throw new ConfigError(`the database user lacks what new columns need: ${missing.join(', ')}`, {
    op: 'add fields',
    hint: 'docs/database.md has the GRANT for fields; nothing was changed',
  });
}

/** Under the run's lock, so that no process that does not know the columns is alive when they come into force. */
async function addTo(
  context: Context,
  resource: Dataset,
  wished: readonly Field[],
  flags: AddFlags,
  say: Say,
): Promise<Dataset> {
  const { tools, fields: file } = context;
  let whole = resource;
  await withRun(tools, { mode: 'fields', resources: [resource], dryRun: false }, async (active) => {
    await clearAway(active.connection, resource, wished);
    const tables = await columnsOf(active.connection, candidates(resource));
    const types = [...tables]
      .filter(([, columns]) => columns.length > 0)
      .map(([table, columns]) => [table, columns.map((column) => column.type)] as const);
    refuseTaken(resource, wished, tables.get(resource.table) ?? []);
    const placed = place(resource, wished, new Map(types));
    await needRights(
      active.connection,
      placed.some(({ field }) => field.table !== undefined),
    );
    for (const note of placed.flatMap((each) => each.notes)) say(note);
    const fresh = placed.map(({ field }): [string, Addition] => [
      field.name,
      additionOf(field, resource, printType(field.type), flags.index === true),
    ]);
    const additions = { ...resource.added, ...Object.fromEntries(fresh) };
    whole = withAdditions(resource, additions);
    const fields = whole.fields.filter((field) => wished.some((each) => each.name === field.name));
    await makeColumns(active.connection, whole, fields);
    file.write({ ...file.read(), [resource.name]: additions });
    if (!flags.fill) {
      await makeIndexes(active.connection, whole, fields);
      await outdateAll(tools, active.connection, resource);
    }
    const names = fields.map((field) => field.name);
    await putInForce(active.connection, resource, names, !flags.fill, tools.clock.now());
    tools.log.main.info({ resource: resource.name, fields: names }, 'columns added');
    return 'success';
  });
  for (const field of whole.fields.filter(({ name }) => wished.some((each) => each.name === name))) {
    say(
      `${resource.name}.${field.name} → ${field.table ?? resource.table}.${field.column} ${printType(field.type)}`,
    );
  }
  return whole;
}

/** What a command that was cut off left behind: nobody knows of it, and it may have been of another type. */
async function clearAway(session: Session, resource: Dataset, wished: readonly Field[]): Promise<void> {
  const left = (await readAdded(session)).filter(
    (added) =>
      added.resource === resource.name &&
      added.addedAt === null &&
      wished.some((field) => field.name === added.field),
  );
  for (const { table, column } of left) {
    const here = await readColumns(session, table);
    if (here.some(({ name }) => name === column)) await session.run(dropColumns(table, [column]));
  }
}

/** The tables that columns of a resource may lie in. */
function candidates({ table }: Dataset): string[] {
  return [table, ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${table}_${number}`)];
}

/** A column of that name that is not one of ours' making. */
function refuseTaken(
  resource: Dataset,
  wished: readonly Field[],
  columns: readonly { readonly name: string }[],
): void {
  const taken = wished.filter((field) => columns.some((column) => column.name === field.column));
  if (taken.length === 0) return;
  throw new ConfigError(
    `${resource.table} has columns of these names that trestle-etl did not add: ${taken.map((field) => field.column).join(', ')}`,
    { op: 'add fields', hint: 'drop them, or rename them' },
  );
}

function tellOf(resource: Dataset, filled: Filled, say: Say): void {
  if (filled.fields.length === 0) {
    say('nothing is left to be filled');
    return;
  }
  const bare = filled.bare === 0 ? '' : `; ${filled.bare.toLocaleString('en')} rows have no stored payload`;
  say(`filled ${filled.rows.toLocaleString('en')} rows of ${resource.table}, without a call${bare}`);
  for (const [field, count] of Object.entries(filled.misfits)) {
    const type = resource.fields.find(({ name }) => name === field)?.type;
    say(
      `${field}: ${count.toLocaleString('en')} values do not fit ${type === undefined ? 'its column' : printType(type)}: trestle-etl quarantine list --fields. ` +
        `For a wider column: trestle-etl fields drop ${resource.name} ${field}, then fields add with --as.`,
    );
  }
}

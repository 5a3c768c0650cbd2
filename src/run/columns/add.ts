import type { Session } from '../../db/pool.ts';
import { ConfigError } from '../../errors.ts';
import { addedFields } from '../../load/column-problems.ts';
import { allocateColumns } from '../../load/allocate-columns.ts';
import type { Field, Dataset } from '../../dataset/dataset.ts';
import type { Addition } from '../../dataset/addition.ts';
import { readSchemas } from '../../record/feed-schema.ts';
import { activateFields, readAddedFields } from '../../record/added-field.ts';
import { withAdditions } from '../../dataset/additions.ts';
import { formatType } from '../../dataset/types.ts';
import type { ActiveRun } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { adoptColumns } from './adopt.ts';
import { candidateTables, dropLeftovers, refuseTaken, requireRights } from './before-adding.ts';
import type { ColumnTools } from './column-tools.ts';
import { readTableColumns, createColumns } from './ensure.ts';
import { withFieldsLock } from './fields-lock.ts';
import { fill, type FillResult, createIndexes } from './fill.ts';
import { markAllStale } from './mark-stale.ts';
import { additionOf, type FieldRequest, resolveFields } from './requested-fields.ts';

export type AddOptions = FieldRequest & {
  /** Whether the columns are filled from the stored payloads. */
  readonly isFilled: boolean;
};

/** Receives the progress while columns are added, for people. */
export type AddListener = {
  readonly note: (text: string) => void;
  readonly added: (dataset: Dataset, field: Field) => void;
  /** @param filled undefined if the columns are to stay empty. */
  readonly filled: (dataset: Dataset, filled: FillResult | undefined) => void;
};

/**
 * Adds columns and fills them from the stored payloads, without a call. After an interruption, the same request resumes.
 * @throws BusyError while a run or another change of columns is active.
 */
export async function addColumns(
  tools: ColumnTools,
  dataset: Dataset,
  options: AddOptions,
  listener: AddListener,
): Promise<void> {
  const { database } = tools.run;
  const { names, all } = options;
  const [seen] = await readSchemas(database, 1);
  const sets = seen?.schema.sets ?? {};
  const set = Object.hasOwn(sets, dataset.name) ? sets[dataset.name] : undefined;
  await withFieldsLock(database, async (connection) => {
    const adopted = await adoptColumns(connection, dataset, options);
    const { fields, notes } = resolveFields(adopted, set, options);
    notes.forEach(listener.note);
    if (fields.length > 0) requirePayloads(tools, options);
    if (fields.length === 0) await syncFieldsFile(tools, adopted, isDifferent(adopted, dataset));
    const whole =
      fields.length === 0 ? adopted : await createRequested(tools, adopted, fields, options, listener);
    listener.filled(whole, options.isFilled ? await fill(tools.run, connection, whole) : undefined);
    const named = addedFields(whole).filter((field) => all || names.includes(field.name));
    await createIndexes(connection, whole, named);
  });
}

function requirePayloads({ run }: ColumnTools, { isFilled }: AddOptions): void {
  if (run.settings.keepPayload || !isFilled) return;
  throw new ConfigError('PAYLOAD is off: there are no stored payloads to fill new columns from', {
    op: 'add fields',
    hint: '--no-fill adds them without filling; a full-load then fills them, a sync only in the records that it writes',
  });
}

function isDifferent(one: Dataset, other: Dataset): boolean {
  return JSON.stringify(one.added) !== JSON.stringify(other.added);
}

/** Creates the columns that the file names and the tables lack, and writes adopted columns into the file. */
async function syncFieldsFile(
  { run: tools, file }: ColumnTools,
  dataset: Dataset,
  isAdopted: boolean,
): Promise<void> {
  const run = { mode: 'fields', resources: [dataset], dryRun: false } as const;
  if (isAdopted) {
    await withRun(tools, run, async () => {
      file.write({ ...file.read(), [dataset.name]: dataset.added ?? {} });
      return 'success';
    });
    return;
  }
  const active = (await readAddedFields(tools.database)).filter(
    (added) => added.resource === dataset.name && added.addedAt !== null,
  );
  const known = new Set(active.map((added) => added.field));
  const names = Object.keys(dataset.added ?? {});
  if (names.length === known.size && names.every((name) => known.has(name)) && !tools.hasNewFields()) return;
  await withRun(tools, run, async () => 'success');
}

/** Creates the columns under the run's lock, so that no process without knowledge of them is active when they are activated. */
async function createRequested(
  tools: ColumnTools,
  dataset: Dataset,
  requested: readonly Field[],
  options: AddOptions,
  { note, added }: AddListener,
): Promise<Dataset> {
  const isRequested = ({ name }: Field): boolean => requested.some((field) => field.name === name);
  let whole = dataset;
  await withRun(tools.run, { mode: 'fields', resources: [dataset], dryRun: false }, async (active) => {
    await dropLeftovers(active.connection, dataset, requested);
    const placed = await placeColumns(active.connection, dataset, requested);
    for (const each of placed.flatMap(({ notes }) => notes)) note(each);
    const fresh = placed.map(({ field }): [string, Addition] => [
      field.name,
      additionOf(field, dataset, formatType(field.type), options.isIndexed),
    ]);
    const additions = { ...dataset.added, ...Object.fromEntries(fresh) };
    whole = withAdditions(dataset, additions);
    const fields = whole.fields.filter(isRequested);
    await createColumns(active.connection, whole, fields);
    tools.file.write({ ...tools.file.read(), [dataset.name]: additions });
    await activateColumns(active, whole, fields, options.isFilled);
    return 'success';
  });
  for (const field of whole.fields.filter(isRequested)) added(whole, field);
  return whole;
}

/** Decides the table of each new column. @throws ConfigError if one cannot be created */
async function placeColumns(session: Session, dataset: Dataset, requested: readonly Field[]) {
  const tables = await readTableColumns(session, candidateTables(dataset));
  const types = [...tables]
    .filter(([, columns]) => columns.length > 0)
    .map(([table, columns]) => [table, columns.map((column) => column.type)] as const);
  refuseTaken(dataset, requested, tables.get(dataset.table) ?? []);
  const placed = allocateColumns(dataset, requested, new Map(types));
  await requireRights(
    session,
    placed.some(({ field }) => field.table !== undefined),
  );
  return placed;
}

/** Activates columns. If they stay empty, they count as filled and every row is marked as stale, so that a full-load writes it. */
async function activateColumns(
  { connection, tools }: ActiveRun,
  dataset: Dataset,
  fields: readonly Field[],
  isFilled: boolean,
): Promise<void> {
  if (!isFilled) {
    await createIndexes(connection, dataset, fields);
    await markAllStale(tools, connection, dataset);
  }
  const names = fields.map((field) => field.name);
  await activateFields(connection, dataset, names, !isFilled, tools.clock.now());
  tools.log.main.info({ resource: dataset.name, fields: names }, 'columns added');
}

import { readColumns, readIndexes } from '../../db/columns.ts';
import type { Connection, Session } from '../../db/pool.ts';
import { transaction } from '../../db/transaction.ts';
import { addIndex } from '../../load/alter.ts';
import { readKeysAfter, lockRows, type NewValues, writeNewColumns } from '../../load/fill-columns.ts';
import { addedFields } from '../../load/column-problems.ts';
import { markStale } from '../../load/mark-stale.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { keyColumn } from '../../load/statement.ts';
import type { FieldIssue } from '../../model/field-issue.ts';
import type { Field, Dataset } from '../../dataset/dataset.ts';
import { addFieldIssues } from '../../record/field-issue.ts';
import {
  type AddedField,
  saveFillProgress,
  completeFill,
  isPending,
  readAddedFields,
} from '../../record/added-field.ts';
import { withAdditions } from '../../dataset/additions.ts';
import { type FilledValues, createFiller } from '../../transform/fill-columns.ts';
import { databaseToolsOf, type RunTools } from '../active-run.ts';

/** The result of filling. `rows` and `withoutPayload` count this process; `conversionFailures` also an interrupted one before. */
export type FillResult = {
  readonly fields: readonly string[];
  rows: number;
  /** Rows without a readable payload. */
  withoutPayload: number;
  readonly conversionFailures: Readonly<Record<string, number>>;
};

/** Rows per transaction, which limits how long a sync has to wait. */
const BATCH_SIZE = 200;

type FillWork = {
  readonly tools: RunTools;
  readonly connection: Connection;
  readonly dataset: Dataset;
  readonly fields: readonly Field[];
  readonly names: readonly string[];
  readonly required: readonly string[];
  readonly read: (payload: string, hash: string) => FilledValues | undefined;
  readonly maxBytes: number;
};

/**
 * Fills added columns from the stored payloads, batch by batch in the order of the keys, while runs continue. Each batch is a
 * transaction that locks its rows and records the progress. The columns are active, so a run that writes a row in the
 * meantime fills them too.
 * @throws InterruptedError after the current batch.
 */
export async function fill(tools: RunTools, connection: Connection, dataset: Dataset): Promise<FillResult> {
  const pending = (await readAddedFields(connection)).filter(
    (added) =>
      added.resource === dataset.name && isPending(added) && Object.hasOwn(dataset.added ?? {}, added.field),
  );
  const names = pending.map((added) => added.field);
  const done = { fields: names, rows: 0, withoutPayload: 0 };
  if (names.length === 0) return { ...done, conversionFailures: {} };
  const fields = addedFields(dataset).filter((field) => names.includes(field.name));
  const columns = await readColumns(connection, dataset.table);
  const [server] = await connection.select<{ packet: number }>('SELECT @@max_allowed_packet AS packet');
  const work: FillWork = {
    tools,
    connection,
    dataset,
    fields,
    names,
    required: columns
      .filter(({ isRequired, name }) => isRequired && name !== keyColumn(dataset) && name !== 'content_hash')
      .map((column) => column.name),
    read: createFiller(dataset, fields, datasetsBefore(dataset, pending)),
    maxBytes: Math.floor(Number(server?.packet) / 2),
  };
  let last = commonStartOf(pending);
  for (let pages = 1; ; pages += 1) {
    const keys = await readKeysAfter(connection, dataset, last, BATCH_SIZE);
    if (keys.length === 0) break;
    const { rows, withoutPayload } = await fillBatch(work, keys);
    last = keys.at(-1)!;
    done.rows += rows;
    done.withoutPayload += withoutPayload;
    const { source } = tools;
    tools.progress.show(dataset.name, {
      processed: done.rows,
      pages,
      calls: source.requests(),
      left: undefined,
      expected: undefined,
    });
    tools.signal.throwIfAborted();
  }
  await createIndexes(connection, dataset, fields);
  await completeFill(connection, dataset, names, tools.clock.now());
  return { ...done, conversionFailures: await readConversionFailures(connection, dataset, names) };
}

/** The last key that all fields are filled to; fields with different progress start again. */
function commonStartOf(pending: readonly AddedField[]): string {
  const [first] = pending;
  return pending.every((added) => added.filledTo === first?.filledTo) ? (first?.filledTo ?? '') : '';
}

/** The dataset as it was before each time that some of these fields were added. */
function datasetsBefore(dataset: Dataset, pending: readonly AddedField[]): Dataset[] {
  const times = [...new Set(pending.map((added) => added.addedAt!))].sort();
  return times.map((at) => {
    const later = new Set(pending.filter((added) => added.addedAt! >= at).map((added) => added.field));
    const earlier = Object.entries(dataset.added ?? {}).filter(([name]) => !later.has(name));
    return withAdditions(dataset, Object.fromEntries(earlier));
  });
}

async function fillBatch(
  work: FillWork,
  keys: readonly string[],
): Promise<{ rows: number; withoutPayload: number }> {
  const { connection, tools, dataset, names } = work;
  const done = await transaction(connection, databaseToolsOf(tools), async (session) => {
    const { written, failures, withoutPayload } = await fillRows(work, session, keys);
    const counts = new Map<string, number>();
    for (const { field } of failures.flatMap(({ issues }) => issues))
      counts.set(field, (counts.get(field) ?? 0) + 1);
    await addFieldIssues(session, dataset.name, failures, NO_RUN, toSqlDateTime(tools.clock.now()));
    await saveFillProgress(session, dataset, names, keys.at(-1)!, counts);
    return { rows: written, withoutPayload, failures };
  });
  for (const { key, issues } of done.failures) {
    tools.log.quality.warn({ resource: dataset.name, key, issues }, 'value does not fit its new column');
  }
  return done;
}

/** Filling has no row in etl_sync_log. */
const NO_RUN = 0;

type ConversionFailure = { readonly key: string; readonly issues: readonly FieldIssue[] };

async function fillRows(
  { dataset, fields, required, read, maxBytes }: FillWork,
  session: Session,
  keys: readonly string[],
): Promise<{ written: number; failures: ConversionFailure[]; withoutPayload: number }> {
  const failures: ConversionFailure[] = [];
  const rows: NewValues[] = [];
  const locked = await lockRows(session, dataset, keys, required);
  const unreadable: string[] = [];
  for (const row of locked) {
    const filling = row.payload === null ? undefined : read(row.payload, row.hash);
    if (filling === undefined) {
      unreadable.push(row.key);
      continue;
    }
    if (filling.issues.length > 0) failures.push({ key: row.key, issues: filling.issues });
    rows.push({ row, values: filling.values, hash: filling.hash });
  }
  await markStale(session, dataset, unreadable);
  const refused = await writeNewColumns(session, dataset, fields, required, rows, maxBytes);
  for (const key of refused) {
    const rule = 'the database refuses a value for its new columns';
    const issues = fields.map(({ name }): FieldIssue => ({ field: name, rule, action: 'null', value: '' }));
    failures.push({ key, issues });
  }
  return {
    written: rows.length - refused.size,
    failures,
    withoutPayload: locked.filter((row) => row.payload === null).length,
  };
}

/** Creates indexes after the fill: building one at once is faster than row by row, and both servers allow writes meanwhile. */
export async function createIndexes(
  session: Session,
  dataset: Dataset,
  fields: readonly Field[],
): Promise<void> {
  for (const field of fields.filter(({ name }) => dataset.added?.[name]?.index === true)) {
    const table = field.table ?? dataset.table;
    if (!(await readIndexes(session, table)).has(field.column)) await session.run(addIndex(table, field));
  }
}

async function readConversionFailures(
  session: Session,
  dataset: Dataset,
  names: readonly string[],
): Promise<Record<string, number>> {
  const all = await readAddedFields(session);
  const own = all.filter((added) => added.resource === dataset.name && names.includes(added.field));
  return Object.fromEntries(
    own.filter((added) => added.misfits > 0).map((added) => [added.field, added.misfits]),
  );
}

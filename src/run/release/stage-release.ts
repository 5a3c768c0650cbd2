import { existingTables } from '../../db/existing-tables.ts';
import { readKeyCollation } from '../../db/key-collation.ts';
import type { Session } from '../../db/pool.ts';
import { isOn, readServerVariables } from '../../db/server-variables.ts';
import {
  addIndexes,
  createReleaseTable,
  createTableLike,
  indexName,
} from '../../load/release/create-table.ts';
import { copyRows } from '../../load/release/copy-rows.ts';
import { fillDerived } from '../../load/release/derive.ts';
import { markerTable, unpublishedName } from '../../load/release/names.ts';
import { stageMarker } from '../../load/release/publish.ts';
import type { SendMethod } from '../../load/release/send-rows.ts';
import { quote } from '../../load/statement.ts';
import { type FileProgress, type Import, readFileProgress } from '../../record/import.ts';
import type { ReleaseReader } from '../../sources/release.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark, retryAfterReconnect } from '../fence.ts';
import type { TablePlan } from './compose.ts';
import { stageFile } from './stage-file.ts';
import type { StagingTable } from './staging-table.ts';
import { readWidths } from './widen-columns.ts';

/** What the server can do, which decides how rows are stored. */
export type ServerTraits = {
  readonly collation: string;
  readonly method: SendMethod;
  /** Building an index blocks all nodes: it is done while the table is empty. */
  readonly isCluster: boolean;
};

export async function readTraits(session: Session): Promise<ServerTraits> {
  const collation = await readKeyCollation(session);
  const names = ['local_infile', 'wsrep_on'];
  const values = await readServerVariables((sql) => session.select(sql), 'SESSION VARIABLES', names);
  const method = isOn(values['local_infile']) ? 'local' : 'insert';
  return { collation, method, isCluster: isOn(values['wsrep_on']) };
}

/** Loads the tables of a release under their unpublished names, from where an earlier run stopped. */
export async function stageRelease(
  active: ActiveRun,
  reader: ReleaseReader,
  id: number,
  builds: readonly TablePlan[],
): Promise<void> {
  const traits = await readTraits(active.connection);
  const progress = await readFileProgress(active.connection, id);
  await retryAfterReconnect(active, () => stageMarker(active.connection, active.tools.source.id, id));
  for (const plan of builds) await stageTable(active, reader, { id, plan, traits, progress });
}

type TableStage = {
  readonly id: number;
  readonly plan: TablePlan;
  readonly traits: ServerTraits;
  readonly progress: readonly FileProgress[];
};

async function stageTable(
  active: ActiveRun,
  reader: ReleaseReader,
  { id, plan: { table, loads, copies }, traits, progress }: TableStage,
): Promise<void> {
  const { connection, tools } = active;
  const name = unpublishedName(table.table, id);
  // Rows that are copied need the columns that were widened for them.
  const create =
    copies.length > 0
      ? createTableLike(name, table.table)
      : createReleaseTable(table, name, traits.collation, traits.isCluster);
  await retryAfterReconnect(active, () => connection.run(create));
  const widths = await retryAfterReconnect(active, () => readWidths(connection, name));
  const { collation, method } = traits;
  const staging: StagingTable = { id, table, name, collation, method, widths };
  for (const year of copies) await copyYear(active, staging, year);
  for (const year of loads) {
    for (const file of await reader.files(table, year, tools.signal)) {
      const known = progress.find(
        (each) => each.table === table.table && each.year === year && each.member === file.member,
      );
      await stageFile(active, reader, staging, file, known);
    }
  }
  await indexTable(active, staging);
}

/** Copies the rows of a year whose archive did not change, all in one transaction: repeating it changes nothing. */
async function copyYear(active: ActiveRun, { table, name }: StagingTable, year: number): Promise<void> {
  await commitFenced(active, { name: active.tools.source.id }, keepWatermark, (session) =>
    copyRows(session, table, name, year),
  );
}

/** Adds the indexes that the table does not have yet. */
async function indexTable(
  active: ActiveRun,
  { table, name }: Pick<StagingTable, 'table' | 'name'>,
): Promise<void> {
  await retryAfterReconnect(active, async () => {
    const rows = await active.connection.select<{ name: string }>(
      'SELECT DISTINCT index_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ?',
      [name],
    );
    const known = new Set(rows.map((row) => row.name));
    const missing = table.indexes.filter((index) => !known.has(indexName(index)));
    if (missing.length > 0) await active.connection.run(addIndexes(name, missing));
  });
}

/** Builds tables from others, in one transaction each. @param nameOf the quoted name of a table of this release. */
export async function stageDerived(
  active: ActiveRun,
  reader: ReleaseReader,
  id: number,
  nameOf: (table: string) => string,
): Promise<void> {
  const traits = await readTraits(active.connection);
  for (const derived of reader.derived) {
    const { table } = derived;
    const name = unpublishedName(table.table, id);
    await retryAfterReconnect(active, async () => {
      await active.connection.run(`DROP TABLE IF EXISTS ${quote(name)}`);
      await active.connection.run(createReleaseTable(table, name, traits.collation, traits.isCluster));
    });
    await commitFenced(active, { name: active.tools.source.id }, keepWatermark, async (session) => {
      const base = reader.tables.find((each) => each.name === derived.base);
      const isUnique = base?.key?.length === 1 && base.key[0] === derived.key;
      const { sql, values } = fillDerived(derived, name, nameOf, isUnique);
      await session.run(sql, values);
    });
    await indexTable(active, { table, name });
  }
}

/**
 * Whether the tables of an interrupted import are still there: a user may have dropped one. A table without progress is created
 * again anyway.
 */
export async function hasStagedTables(session: Session, source: string, opened: Import): Promise<boolean> {
  const { id, state, tables } = opened;
  const progress = new Set((await readFileProgress(session, id)).map(({ table }) => table));
  const own = Object.keys(tables).filter((table) => tables[table] === id);
  const needed =
    state === 'loading' ? own.filter((table) => progress.has(table)) : [...own, markerTable(source)];
  const names = needed.map((table) => unpublishedName(table, id));
  return names.length === 0 || (await existingTables(session, names)).size === names.length;
}

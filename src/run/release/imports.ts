import { existingTables } from '../../db/existing-tables.ts';
import { dropTables, listUnpublished, readPublished } from '../../load/release/publish.ts';
import { markerTable, tablePrefix } from '../../load/release/names.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { type Import, type ImportState, readImports, setImportState } from '../../record/import.ts';
import type { ActiveRun } from '../active-run.ts';

/** The imports of a source, newest first. */
export type Imports = {
  readonly all: readonly Import[];
  /** With the tables that still exist. */
  readonly published: Import | undefined;
};

/**
 * Reads the imports of the run's source. What is published is decided by the tables: a process can be killed between their
 * exchange and the update of their state, which is made good here.
 */
export async function settleImports(active: ActiveRun): Promise<Imports> {
  const { connection, tools, options } = active;
  const source = tools.source.id;
  if (!active.hasTables) return { all: [], published: undefined };
  const published = await readPublished(connection, source);
  const all: Import[] = [];
  for (const each of await readImports(connection, source)) {
    const state = settledState(each, published);
    if (state !== each.state && !options.dryRun) {
      await setImportState(connection, each.id, state, toSqlDateTime(tools.clock.now()));
    }
    all.push({ ...each, state });
  }
  const found = all.find(({ state }) => state === 'published');
  return { all, published: found === undefined ? undefined : await withExistingTables(active, found) };
}

/** Leaves out published tables that a user dropped. */
async function withExistingTables({ connection }: ActiveRun, published: Import): Promise<Import> {
  const names = Object.keys(published.tables);
  const existing = names.length === 0 ? new Set() : await existingTables(connection, names);
  const tables = Object.entries(published.tables).filter(([table]) => existing.has(table));
  return { ...published, tables: Object.fromEntries(tables) };
}

function settledState({ id, state }: Import, published: number | undefined): ImportState {
  if (id === published) return 'published';
  if (state !== 'published') return state;
  return published !== undefined && id > published ? 'rolled-back' : 'kept';
}

/** Drops the tables of all imports except these, and records that the others have none. */
export async function dropOthers(
  active: ActiveRun,
  imports: Imports,
  retained: readonly Import[],
): Promise<void> {
  const { connection, tools } = active;
  const source = tools.source.id;
  const needed = new Set(
    retained.flatMap(({ id, tables }) =>
      Object.entries({ ...tables, [markerTable(source)]: id }).map(([table, maker]) => `${table} ${maker}`),
    ),
  );
  const own = new Set(imports.all.map(({ id }) => id));
  const found = await listUnpublished(connection, tablePrefix(source));
  const unneeded = found.filter(({ table, maker }) => own.has(maker) && !needed.has(`${table} ${maker}`));
  await dropTables(
    connection,
    unneeded.map(({ name }) => name),
  );
  for (const { id } of imports.all) {
    if (retained.some((each) => each.id === id)) continue;
    await setImportState(connection, id, 'dropped', toSqlDateTime(tools.clock.now()));
  }
}

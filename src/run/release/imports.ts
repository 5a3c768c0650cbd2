import { existingTables } from '../../db/existing-tables.ts';
import { dropTables, listUnpublished, readPublished } from '../../load/release/publish.ts';
import { tablePrefix } from '../../dataset/table-prefix.ts';
import { markerTable } from '../../load/release/names.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import {
  type Import,
  type ImportState,
  PARCELS_PENDING,
  readImports,
  setImportState,
} from '../../record/import.ts';
import type { Session } from '../../db/pool.ts';
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
  if (!active.hasTables) return { all: [], published: undefined };
  const stored = await readImports(connection, tools.source.id);
  const settled = await settle(connection, tools.source.id, stored);
  for (const { id, state, message } of settled.all) {
    if (options.dryRun || stored.some((each) => each.id === id && each.state === state)) continue;
    await setImportState(connection, id, state, toSqlDateTime(tools.clock.now()), message);
  }
  return settled;
}

/** Reads the imports of a source as `settleImports` does, and writes nothing. */
export async function readSettledImports(session: Session, source: string): Promise<Imports> {
  return settle(session, source, await readImports(session, source));
}

async function settle(session: Session, source: string, stored: readonly Import[]): Promise<Imports> {
  const published = await readPublished(session, source);
  const all = stored.map((each) => settleOne(each, published));
  const found = all.find(({ state }) => state === 'published');
  return { all, published: found === undefined ? undefined : await withExistingTables(session, found) };
}

/** Leaves out published tables that a user dropped. */
async function withExistingTables(session: Session, published: Import): Promise<Import> {
  const names = Object.keys(published.tables);
  const existing = names.length === 0 ? new Set() : await existingTables(session, names);
  const tables = Object.entries(published.tables).filter(([table]) => existing.has(table));
  return { ...published, tables: Object.fromEntries(tables) };
}

function settleOne(one: Import, published: number | undefined): Import {
  const state = settledState(one, published);
  if (state === one.state) return one;
  return { ...one, state, message: state === 'published' ? PARCELS_PENDING : null };
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

import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { Resource, Row } from '../model.ts';
import { tablesOf } from './parts.ts';
import { columnFor, deleteKeys, selectKeysOfParents } from './statement.ts';
import { load, type Loaded, type LoadOptions } from './upsert.ts';

/** What is stored for a number of parents: each parent's keys, those of deleted rows only where they are wanted. */
export async function readSets(
  session: Session,
  resource: Resource,
  parents: readonly string[],
  withDeleted = false,
): Promise<Map<string, string[]>> {
  const column = columnFor(resource, resource.parent?.field ?? resource.key);
  const sets = new Map<string, string[]>(parents.map((parent) => [parent, []]));
  for (const part of chunk(parents, 1000)) {
    const found = await session.select<{ record_key: string; parent: string; deleted: number }>(
      selectKeysOfParents(resource, column, part.length),
      part,
    );
    for (const row of found) {
      if (withDeleted || row.deleted === 0) sets.get(row.parent)?.push(row.record_key);
    }
  }
  return sets;
}

/**
 * Makes the sets of these parents hold exactly `rows`: writes what is new or changed, deletes what is stored and no
 * longer there. Keys in `spared` stay: their new version was rejected.
 * @returns what `load` returns, and the keys of the rows that were deleted.
 */
export async function replaceSets(
  session: Session,
  resource: Resource,
  parents: readonly string[],
  rows: readonly Row[],
  spared: ReadonlySet<string>,
  options: LoadOptions,
): Promise<Loaded & { gone: readonly string[] }> {
  const difference = await load(session, resource, rows, options);
  const wanted = new Set(rows.map((row) => row.key));
  const stored = await readSets(session, resource, [...parents].sort(), true);
  const gone = [...stored.values()].flat().filter((key) => !wanted.has(key) && !spared.has(key));
  for (const part of chunk(gone.sort(), 1000)) {
    for (const table of [...tablesOf(resource), resource.rawTable]) {
      await session.run(deleteKeys(table, resource, part.length), part);
    }
  }
  return { ...difference, gone };
}

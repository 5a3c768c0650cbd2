import { existingTables } from '../../db/existing-tables.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../statement.ts';
import { markerTable, unpublishedName } from './names.ts';

/** The tables of a release, and the import that loaded each. */
export type Composition = Readonly<Record<string, number>>;

/** A release to publish, or to publish again. */
export type Release = { readonly id: number; readonly tables: Composition };

/** Creates the table that shows, once it is published, that this import is. */
export async function stageMarker(session: Session, source: string, id: number): Promise<void> {
  const name = quote(unpublishedName(markerTable(source), id));
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${name} (import_id BIGINT NOT NULL, PRIMARY KEY (import_id)) ENGINE = InnoDB`,
  );
  await session.run(`INSERT IGNORE INTO ${name} (import_id) VALUES (?)`, [String(id)]);
}

/** Reads which import is published; undefined if none is. */
export async function readPublished(session: Session, source: string): Promise<number | undefined> {
  const marker = markerTable(source);
  if (!(await existingTables(session, [marker])).has(marker)) return undefined;
  const [row] = await session.select<{ import_id: number }>(`SELECT import_id FROM ${quote(marker)}`);
  return row === undefined ? undefined : row.import_id;
}

/**
 * Exchanges the published release for another one, in a single statement: readers see one release or the other, and a crash
 * leaves one or the other. A table that both releases share stays in place.
 */
export async function exchange(
  session: Session,
  source: string,
  from: Release | undefined,
  to: Release,
): Promise<void> {
  await session.run(`RENAME TABLE ${renames(source, from, to).join(', ')}`);
}

/** @returns `a TO b` for each table: first what leaves, then what takes its name. */
export function renames(source: string, from: Release | undefined, to: Release): string[] {
  const marker = markerTable(source);
  const before: Composition = from === undefined ? {} : { ...from.tables, [marker]: from.id };
  const after: Composition = { ...to.tables, [marker]: to.id };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (old === now) return [];
    return [
      ...(old === undefined ? [] : [`${quote(name)} TO ${quote(unpublishedName(name, old))}`]),
      ...(now === undefined ? [] : [`${quote(unpublishedName(name, now))} TO ${quote(name)}`]),
    ];
  });
}

/** Removes tables of releases that nothing needs any more. */
export async function dropTables(session: Session, names: readonly string[]): Promise<void> {
  for (const name of names) await session.run(`DROP TABLE IF EXISTS ${quote(name)}`);
}

/**
 * Finds the unpublished tables of a source.
 * @returns each with the published name and the import that loaded it.
 */
export async function listUnpublished(
  session: Session,
  prefix: string,
): Promise<{ readonly name: string; readonly table: string; readonly maker: number }[]> {
  const rows = await session.select<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE ? ESCAPE '|'",
    [`${prefix.replaceAll('_', '|_')}|_%|_|_%`],
  );
  return rows.flatMap(({ name }) => {
    const [, table, maker] = /^(.+)__(\d+)$/.exec(name) ?? [];
    return table === undefined || maker === undefined ? [] : [{ name, table, maker: Number(maker) }];
  });
}

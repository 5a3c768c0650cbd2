import type { Session } from './pool.ts';
import { CREATED_NAME, readSteps } from './migration-steps.ts';
import { readTableDefinitions } from './table-definitions.ts';

/** Reads the unique indexes of our tables that the user created, as `table.index`. */
export async function readUniqueIndexes(session: Session): Promise<string[]> {
  const rows = await session.select<{ table: string; name: string }>(
    'SELECT DISTINCT table_name AS `table`, index_name AS name FROM information_schema.statistics ' +
      "WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY' ORDER BY table_name, index_name",
  );
  const tables = readSteps().flatMap(({ statements }) =>
    statements.flatMap((each) => CREATED_NAME.exec(each)?.[1] ?? []),
  );
  const isOurs = (name: string): boolean => tables.some((table) => belongsToTable(name, table));
  const made = new Map(readTableDefinitions().map(({ name, unique }) => [name, unique]));
  const own = rows.filter(({ table, name }) => isOurs(table) && made.get(table)?.has(name) !== true);
  return own.map(({ table, name }) => `${table}.${name}`);
}

/** `properties_2`, a side table of `properties`, has the same key. */
function belongsToTable(name: string, table: string): boolean {
  return name === table || (name.startsWith(`${table}_`) && /^\d+$/.test(name.slice(table.length + 1)));
}

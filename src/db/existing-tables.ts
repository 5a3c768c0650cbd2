import { placeholders } from './placeholders.ts';
import type { Session } from './pool.ts';

/** Returns which of these names are tables or views in this database. */
export async function existingTables(
  session: Session,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await session.select<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables ' +
      `WHERE table_schema = DATABASE() AND table_name IN (${placeholders(names.length)})`,
    names,
  );
  return new Set(rows.map(({ name }) => name));
}

import type { Context } from '../../app/context.ts';
import { readSchemas, type SeenSchema } from '../../record/feed-schema.ts';
import { hasTables } from '../../record/tables.ts';
import { NO_RUN, refreshSchema } from '../../run/refresh-schema.ts';

/**
 * Reads the newest stored versions of the feed's schema, newest first. If there is none, or with `isRefreshed`, requests the
 * schema from the feed and stores it if there are tables.
 * @param maxVersions the largest number of versions to read.
 */
export async function readOrFetchSchemas(
  { database, tools }: Pick<Context, 'database' | 'tools'>,
  isRefreshed: boolean,
  maxVersions: number,
): Promise<readonly SeenSchema[]> {
  const tablesExist = await hasTables(database);
  const stored = tablesExist ? await readSchemas(database, maxVersions) : [];
  if (stored.length > 0 && !isRefreshed) return stored;
  const schema = await refreshSchema(tools, tablesExist);
  if (tablesExist) return readSchemas(database, maxVersions);
  const now = tools.clock.now();
  return [{ schema, seenAt: now, checkedAt: now, run: NO_RUN }];
}

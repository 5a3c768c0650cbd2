import type { Context } from '../../app/context.ts';
import { readSchemas, type SeenSchema } from '../../record/feed-schema.ts';
import { hasTables } from '../../record/tables.ts';
import { NO_RUN, refreshSchema } from '../../run/refresh-schema.ts';

/**
 * The newest stored versions of the feed's schema, newest first. If there is none, or `isRefreshed`, the feed is asked with
 * one call, and its answer is stored if there are tables.
 * @param most how many versions at most.
 */
export async function readOrFetchSchemas(
  { database, tools }: Pick<Context, 'database' | 'tools'>,
  isRefreshed: boolean,
  most: number,
): Promise<readonly SeenSchema[]> {
  const isThere = await hasTables(database);
  const stored = isThere ? await readSchemas(database, most) : [];
  if (stored.length > 0 && !isRefreshed) return stored;
  const schema = await refreshSchema(tools, isThere);
  if (isThere) return readSchemas(database, most);
  const now = tools.clock.now();
  return [{ schema, seenAt: now, checkedAt: now, run: NO_RUN }];
}

import type { Context } from '../app/context.ts';
import { hasTables } from '../db/migrate.ts';
import { transaction } from '../db/transaction.ts';
import { databaseTools } from '../run/active.ts';
import { readSchemas, saveSchema, type SeenSchema } from '../record/feed-schema.ts';
import { capability } from '../sources/source.ts';

/** Of a look outside of any run. */
const NO_RUN = 0;

/**
 * The versions of the feed's schema that are stored, newest first, `most` of them. Where there is none, or a person wants
 * it anew, the feed is asked, with one call; what it says is kept where there are tables.
 */
export async function knownSchemas(
  { database, tools }: Pick<Context, 'database' | 'tools'>,
  isWantedAnew: boolean,
  most: number,
): Promise<readonly SeenSchema[]> {
  const isThere = await hasTables(database);
  const stored = isThere ? await readSchemas(database, most) : [];
  if (stored.length > 0 && !isWantedAnew) return stored;
  const schema = await capability(tools.source, 'schema', 'schema').read(tools.signal);
  const now = tools.clock.now();
  if (!isThere) return [{ schema, seenAt: now, checkedAt: now, run: NO_RUN }];
  const connection = await database.connect();
  try {
    await transaction(connection, databaseTools(tools), (session) =>
      saveSchema(session, schema, NO_RUN, now),
    );
    connection.release();
  } catch (error) {
    connection.drop();
    throw error;
  }
  return readSchemas(database, most);
}

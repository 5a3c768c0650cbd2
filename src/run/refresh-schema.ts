import { transaction } from '../db/transaction.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';
import { saveSchema } from '../record/feed-schema.ts';
import { databaseToolsOf, type RunTools } from './active-run.ts';
import { requireCapability } from '../sources/source.ts';

/** The run id of a schema that was read outside of a run. */
export const NO_RUN = 0;

/** Reads the feed's schema with one call. @param isKept whether to store it, which needs the tables. */
export async function refreshSchema(tools: RunTools, isKept: boolean): Promise<FeedSchema> {
  const schema = await requireCapability(tools.source, 'schema', 'schema').read(tools.signal);
  if (!isKept) return schema;
  const connection = await tools.database.connect();
  try {
    await transaction(connection, databaseToolsOf(tools), (session) =>
      saveSchema(session, schema, NO_RUN, tools.clock.now()),
    );
    connection.release();
  } catch (error) {
    connection.drop();
    throw error;
  }
  return schema;
}

import type { Context } from '../../app/context.ts';
import { readSchemaState } from '../../record/tables.ts';

/** Whether the database has all tables. Without them, or with those of an older version, a run creates or upgrades them first. */
export function hasCurrentTables({ database, tools }: Pick<Context, 'database' | 'tools'>): Promise<boolean> {
  return tools.recall('current tables', async () => (await readSchemaState(database)) === 'current');
}

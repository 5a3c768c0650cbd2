import type { Context } from '../app/context.ts';
import { migrate } from '../db/migrate.ts';
import { freeNamedLock, takeNamedLock } from '../db/named-lock.ts';

/** Brings the tables up to date, under the same locks as a run. @throws BusyError while one is active. */
export async function migrateCommand(
  { tools, database }: Context,
  say: (text: string) => void,
): Promise<void> {
  const scope = { database: database.name, source: tools.source.id };
  const unlock = await tools.lock();
  try {
    const connection = await database.connect();
    try {
      await takeNamedLock(connection, scope);
      const applied = await migrate(connection, tools.clock.now());
      say(applied.length === 0 ? 'the tables are up to date' : `applied ${applied.join(', ')}`);
    } finally {
      await freeNamedLock(connection, scope).catch(() => undefined);
      connection.release();
    }
  } finally {
    await unlock();
  }
}

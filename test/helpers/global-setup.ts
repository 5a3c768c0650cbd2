import { fileURLToPath } from 'node:url';
import { startDatabase, testEnvironment } from '../../scripts/lib/database.mjs';

/** `npm test` has started a server already; `npx vitest` has not. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TEST_MYSQL_HOST'] !== undefined) return undefined;
  const database = await startDatabase({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    inMemory: true,
  });
  for (const name of Object.keys(process.env)) if (name.startsWith('MYSQL_')) delete process.env[name];
  Object.assign(process.env, testEnvironment(database));
  return database.stop;
}

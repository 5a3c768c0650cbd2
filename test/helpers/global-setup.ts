import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDatabase, testEnvironment } from '../../scripts/lib/database.mjs';

/** A folder for what the test files of one run share, and a server: `npm test` has started one already, `npx vitest` has not. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-etl-run-'));
  process.env['TRESTLE_TEST_FOLDER'] = folder;
  const stop = process.env['TEST_MYSQL_HOST'] === undefined ? await startServer() : undefined;
  return async () => {
    rmSync(folder, { recursive: true, force: true });
    await stop?.();
  };
}

async function startServer(): Promise<() => Promise<void>> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const database = await startDatabase({ root, inMemory: true });
  for (const name of Object.keys(process.env)) if (name.startsWith('MYSQL_')) delete process.env[name];
  Object.assign(process.env, testEnvironment(database));
  return database.stop;
}

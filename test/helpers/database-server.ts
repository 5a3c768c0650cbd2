import { type Database as Server, startDatabase, type StartOptions } from '../../scripts/lib/database.mjs';
import { atFileEnd } from './clean-up.ts';

/** Servers of the current test file, also those that are still starting because a hook was given up. */
let starting: Promise<Server>[] = [];

/** Starts a server that ends with the test file, even if a hook or test fails. A hook registered within a hook would never run. */
export function startUntilFileEnd(options: StartOptions): Promise<Server> {
  const server = startDatabase(options);
  starting.push(server);
  return server;
}

atFileEnd(async () => {
  const ended = starting.map(async (server) => (await server.catch(() => undefined))?.stop());
  starting = [];
  await Promise.all(ended);
});

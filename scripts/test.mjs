// npm test [-- vitest's options]: installs missing modules, builds if something changed, and runs all but the slow tests on a private database.
import { startDatabase } from './lib/database.mjs';
import { buildIfOlder, installModules, root } from './lib/project.mjs';
import { runScript } from './lib/run.mjs';
import { withoutSlow } from './lib/slow-tests.mjs';
import { runSuite } from './lib/suite.mjs';

await runScript(async (args) => {
  await installModules();
  await buildIfOlder();
  return await runSuite('all', await startDatabase({ root, inMemory: true }), withoutSlow(args));
});

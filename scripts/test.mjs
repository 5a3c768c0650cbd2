// npm test [-- what vitest understands]: installs what is missing, builds, and runs all but the slow tests on a database of their own.
import { startDatabase } from './lib/database.mjs';
import { build, installModules, root } from './lib/project.mjs';
import { script } from './lib/run.mjs';
import { withoutSlow } from './lib/slow-tests.mjs';
import { runSuite } from './lib/suite.mjs';

await script(async (args) => {
  await installModules();
  await build();
  return await runSuite('all', await startDatabase({ root, inMemory: true }), withoutSlow(args));
});

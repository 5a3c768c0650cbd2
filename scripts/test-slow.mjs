// npm run test:slow [-- options of vitest]: the tests that npm test leaves out, on a database of their own.
import { startDatabase } from './lib/database.mjs';
import { build, installModules, root } from './lib/project.mjs';
import { script } from './lib/run.mjs';
import { slowTests } from './lib/slow-tests.mjs';
import { runSuite } from './lib/suite.mjs';

await script(async (args) => {
  await installModules();
  await build();
  return await runSuite('slow', await startDatabase({ root, inMemory: true }), [...args, ...slowTests]);
});

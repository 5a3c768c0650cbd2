// npm run test:slow [-- files and options of vitest]: runs the tests that npm test skips, on a private database.
import { startDatabase } from './lib/database.mjs';
import { buildIfOlder, installModules, root } from './lib/project.mjs';
import { runScript } from './lib/run.mjs';
import { slowTests } from './lib/slow-tests.mjs';
import { runSuite } from './lib/suite.mjs';

await runScript(async (args) => {
  await installModules();
  await buildIfOlder();
  return await runSuite(
    'slow',
    await startDatabase({ root, inMemory: true }),
    args.some((arg) => !arg.startsWith('-')) ? args : [...args, ...slowTests],
  );
});

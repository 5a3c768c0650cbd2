import { join } from 'node:path';
import { testEnvironment } from './database.mjs';
import { forgetSummary, root, summaryFile } from './project.mjs';
import { run } from './run.mjs';

/**
 * Runs vitest on a started server, and stops the server. Vitest's summary is stored in .local/test-<suite>.json.
 * @param {string} suite
 * @param {import('./database.d.mts').Database} database
 * @param {string[]} args for vitest
 * @returns {Promise<number>} vitest's exit code
 */
export async function runSuite(suite, database, args) {
  forgetSummary(suite);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${summaryFile(suite)}`];
  try {
    return await run(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: root,
      env: testEnvironment(database),
    });
  } finally {
    await database.stop();
  }
}

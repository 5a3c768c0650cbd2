// npm run test:cluster [-- --rounds 20 --seed 1 --only 'cut off']: the tests on a Galera cluster of three nodes, with random timing.
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { build, installModules, root } from './lib/project.mjs';
import { run, runScript } from './lib/run.mjs';
import { clusterTests } from './lib/slow-tests.mjs';

await runScript(async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '2' },
      seed: { type: 'string', default: String(Math.trunc(Date.now() / 1000) % 1_000_000) },
      only: { type: 'string' },
    },
  });
  console.log(`Seeds ${values.seed} to ${Number(values.seed) + Number(values.rounds) - 1}.`);
  console.log('To repeat one: npm run test:cluster -- --rounds 1 --seed N');
  await installModules();
  await build();
  const filter = values.only === undefined ? [] : ['-t', values.only];
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  // The clusters are the only servers, one at a time.
  const env = { TEST_MYSQL_HOST: 'none', CLUSTER_SEED: values.seed, CLUSTER_ROUNDS: values.rounds };
  return await run(process.execPath, [vitest, 'run', '--no-file-parallelism', ...filter, ...clusterTests], {
    cwd: root,
    env: { ...process.env, ...env },
  });
});

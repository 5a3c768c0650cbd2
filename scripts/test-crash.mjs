// npm run test:crash [-- --seeds 50 --seed 1 --rounds 8]: the randomised crash test, with new seeds.
import { parseArgs } from 'node:util';
import { startDatabase } from './lib/database.mjs';
import { buildIfOlder, installModules, root } from './lib/project.mjs';
import { runScript } from './lib/run.mjs';
import { runSuite } from './lib/suite.mjs';

await runScript(async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Math.trunc(Date.now() / 1000) % 1_000_000) },
      rounds: { type: 'string', default: '8' },
    },
  });
  const last = Number(values.seed) + Number(values.seeds) - 1;
  console.log(`Seeds ${values.seed} to ${last}, ${values.rounds} rounds each.`);
  console.log('To repeat one: npm run test:crash -- --seeds 1 --seed N');
  process.env['CRASH_SEED'] = values.seed;
  process.env['CRASH_SEEDS'] = values.seeds;
  process.env['CRASH_ROUNDS'] = values.rounds;
  await installModules();
  await buildIfOlder();
  return await runSuite('crash', await startDatabase({ root, inMemory: true }), ['test/crash']);
});

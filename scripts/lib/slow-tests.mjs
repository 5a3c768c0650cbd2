/** The test files that only `npm run test:slow` runs: kills, crashes, the bench, the package, large feeds. */
export const slowTests = [
  'test/crash/crash.test.ts',
  'test/e2e/county-kill.test.ts',
  'test/e2e/county-memory.test.ts',
  'test/e2e/database-faults.test.ts',
  'test/e2e/expanded-children.test.ts',
  'test/e2e/fields-large.test.ts',
  'test/e2e/full-load.test.ts',
  'test/e2e/items-kill.test.ts',
  'test/e2e/media-kill.test.ts',
  'test/e2e/kill.test.ts',
  'test/e2e/package.test.ts',
  'test/e2e/photos-large.test.ts',
  'test/e2e/server-faults.test.ts',
  'test/log/log-rotation.test.ts',
  'test/properties/16-execution-lock.test.ts',
  'test/sandbox/trestle/speed.test.ts',
  'test/scripts/bench.test.ts',
];

/** The test files that only `npm run test:cluster` runs: they start a Galera cluster. */
export const clusterTests = ['test/cluster/feed.test.ts', 'test/cluster/sources.test.ts'];

/**
 * Returns vitest's arguments without the slow files and those of the cluster, unless they name files.
 * @param {string[]} args
 */
export function withoutSlow(args) {
  if (args.some((arg) => !arg.startsWith('-'))) return args;
  return [...args, ...[...slowTests, ...clusterTests].flatMap((file) => ['--exclude', file])];
}

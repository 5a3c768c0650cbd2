import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { read, ROOT } from '../docs/documents.ts';

type SlowTests = {
  readonly slowTests: readonly string[];
  readonly clusterTests: readonly string[];
  readonly withoutSlow: (args: readonly string[]) => string[];
};

const { clusterTests, slowTests, withoutSlow } = (await import(
  pathToFileURL(join(ROOT, 'scripts/lib/slow-tests.mjs')).href
)) as SlowTests;

test('npm test leaves out the slow files, which exist, and CI runs both', () => {
  expect([...slowTests, ...clusterTests].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(withoutSlow(['--bail=1'])).toEqual([
    '--bail=1',
    ...[...slowTests, ...clusterTests].flatMap((file) => ['--exclude', file]),
  ]);
  const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
  expect(scripts['check']).toMatch(/ && npm test$/);
  expect(read('.ci/run')).toMatch(/^npm run check$[^]*^npm run test:slow$/m);
});

test('a slow file that is named is run', () => {
  expect(withoutSlow(['test/e2e/kill.test.ts'])).toEqual(['test/e2e/kill.test.ts']);
});

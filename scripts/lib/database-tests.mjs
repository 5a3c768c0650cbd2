import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { clusterTests } from './slow-tests.mjs';

/**
 * Lists the test files that use a database: those that import test/helpers/database.ts, directly or indirectly. Those that
 * start a cluster need no other server.
 * @param {string} root
 * @returns {string[]}
 */
export function listDatabaseTests(root) {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, 'test', name));
  const imports = new Map(files.map((file) => [file, importsOf(file)]));
  const using = new Set([join(root, 'test/helpers/database.ts')]);
  for (let before = 0; before !== using.size;) {
    before = using.size;
    for (const [file, imported] of imports) if (imported.some((each) => using.has(each))) using.add(file);
  }
  return [...using]
    .filter(
      (file) => file.endsWith('.test.ts') && existsSync(file) && !clusterTests.includes(relative(root, file)),
    )
    .map((file) => relative(root, file))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** @param {string} file */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g)].map((match) =>
    join(dirname(file), match[1] ?? ''),
  );
}

// Adds up vitest's summaries of `npm test`, `npm run test:slow` and `npm run test:mysql`, and prints "N passed, N failed".
import { existsSync, readFileSync } from 'node:fs';
import { summaryFile } from './lib/project.mjs';

/** @typedef {{ status: string, assertionResults: unknown[] }} FileResult */

let [passed, failed] = [0, 0];
for (const file of ['all', 'slow', 'mysql'].map(summaryFile).filter((path) => existsSync(path))) {
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  passed += summary.numPassedTests;
  failed += summary.numFailedTests + countBrokenFiles(summary.testResults);
}
console.log(`${passed} passed, ${failed} failed`);

/** A test file that cannot be loaded has no failed tests: it counts as one. @param {FileResult[]} results */
function countBrokenFiles(results) {
  return results.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
}

import type { Result } from '../../sources/check.ts';
import type { CheckResult } from './run-checks.ts';

const WORDS: Readonly<Record<Result, string>> = { ok: 'ok', warn: 'warn', fail: 'FAIL', skipped: '-' };

/** Formats the checks for people: the finding, and the advice below it. */
export function formatChecks(checks: readonly CheckResult[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 8);
  const lines = checks.flatMap(({ name, result, what, advice }) => {
    const [first = '', ...more] = what.split('\n');
    return [
      `${WORDS[result].padEnd(4)}  ${name.padEnd(width)}  ${first}`,
      ...more.map((line) => `${indent}${line}`),
      ...(advice === undefined ? [] : [`${indent}→ ${advice}`]),
    ];
  });
  return [...lines, '', formatSummary(checks)].join('\n');
}

function formatSummary(checks: readonly CheckResult[]): string {
  const count = (result: Result): number => checks.filter((check) => check.result === result).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed, ${count('skipped')} skipped`;
}

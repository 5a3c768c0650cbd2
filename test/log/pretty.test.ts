import { expect, test } from 'vitest';
import { formatPretty } from '../../src/log/pretty.ts';

const line = (entry: object): string =>
  `${JSON.stringify({ level: 'info', time: '2026-03-19T12:00:01.234Z', pid: 1, ...entry })}\n`;

test.each([
  [line({ msg: 'run started', run: 7, mode: 'sync' }), '12:00:01 info  [7] run started mode=sync\n'],
  [line({ msg: 'm', resources: ['Property'], n: 1 }), '12:00:01 info  m resources=["Property"] n=1\n'],
  [
    line({
      level: 'error',
      msg: 'command ended early',
      err: { message: 'a', stack: 'x', cause: { message: 'b' } },
    }),
    '12:00:01 error command ended early: a: b\n',
  ],
  ['no JSON\n', 'no JSON\n'],
  ['[1]\n', '[1]\n'],
])('%j is %j', (text, shown) => {
  expect(formatPretty(text)).toBe(shown);
});

test('control characters of terminals are removed', () => {
  expect(formatPretty(line({ msg: 'a\u001B[2Jb', city: 'x\ny\u009B' }))).toBe(
    '12:00:01 info  a?[2Jb city=x?y?\n',
  );
});

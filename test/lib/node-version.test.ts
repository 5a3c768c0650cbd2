import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeOldNode, MIN_NODE_VERSION } from '../../src/lib/node-version.ts';

test.each(['20.18.3', '20.9.0', '18.20.8', '16.20.2', '12.22.12', '9.99.99'])(
  'Node.js %s is too old',
  (version) => {
    expect(describeOldNode(version)).toContain(`Node.js ${version} is too old`);
    expect(describeOldNode(version)).toContain(MIN_NODE_VERSION);
  },
);

test.each([MIN_NODE_VERSION, '20.20.2', '21.0.0', '22.3.0', '100.0.0', '24.0.0-nightly20260101'])(
  'Node.js %s is new enough',
  (version) => {
    expect(describeOldNode(version)).toBeUndefined();
  },
);

test('package.json requires the same version', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { engines } = JSON.parse(text) as { engines: { node: string } };
  expect(MIN_NODE_VERSION.startsWith(engines.node.replace(/^>=/, ''))).toBe(true);
});

/** What came after Node.js 12, or makes the check come too late. */
const TOO_NEW = {
  'optional chaining': /\?\.(?!\d)/,
  '?? and ??=': /\?\?/,
  'logical assignment': /(?:\|\||&&)=/,
  'private members': /#(?!!)\w/,
  'static blocks': /\bstatic\s*\{/,
  'await outside a function': /\bawait\b/,
  'node: imports': /['"]node:/,
  'numeric separators': /\d_\d/,
  'methods of ES2022 and later': /\.(?:at|replaceAll|toReversed|toSorted|with|findLast|hasOwn)\(/,
};

test.each([
  ['src/main.ts', ['./lib/node-version.ts']],
  ['src/lib/node-version.ts', []],
  ['dist/main.js', []],
])('%s runs on an old Node.js', (file, expected) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const code = text.replace(/^#!.*$/m, '').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  expect(Object.entries(TOO_NEW).filter(([, pattern]) => pattern.test(code))).toEqual([]);
  const imports = [...code.matchAll(/^import .*from ['"](.+)['"];$/gm)].map((match) => match[1]);
  expect(imports).toEqual(expected);
});

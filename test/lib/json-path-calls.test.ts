import { expect, test } from 'vitest';
import { compileJsonPath, findExpressionProblem, findWrongCall } from '../../src/lib/json-path.ts';

test.each([
  ['upcase(a.b)', 'there is no function upcase(); the nearest is upper()'],
  ['items[?contain(tags, `"x"`)]', 'there is no function contain(); the nearest is contains()'],
  ['map(&to_nubmer(price), items)', 'there is no function to_nubmer(); the nearest is to_number()'],
  ['length(a, b)', 'length() takes 1 argument, and has 2'],
  ['join(names[0])', 'join() takes 2 arguments, and has 1'],
  ["split(a, ',', `1`, `2`)", 'split() takes 2 to 3 arguments, and has 4'],
  ['a || not_null()', 'not_null() takes at least 1 argument, and has 0'],
])('%s: %s', (text, problem) => {
  expect(findWrongCall(text)).toBe(problem);
  expect(findExpressionProblem(text)).toBe(problem);
});

test.each([
  "join(', ', [a, b])",
  'sort_by(items, &date)[-1].id',
  'not_null(a, b, c)',
  "trim(name) || split(a, ',')[0]",
  '`{"type":"Function","name":"x","children":[]}`',
  "'upcase(a.b)'",
  'License No',
])('%s is right', (text) => {
  expect(findExpressionProblem(text)).toBeUndefined();
});

test.each(['Cost (USD)', 'area(sqft)', 'Share (%)', 'Total (net, USD)'])(
  '%s may be a name: only records show it',
  (text) => {
    expect(findWrongCall(text)).toBeUndefined();
    expect(findExpressionProblem(text)).toBeDefined();
    expect(compileJsonPath(text)({ [text]: 7 })).toBe(7);
  },
);

import { expect, test } from 'vitest';
import { addFlagToCommands } from '../../src/lib/add-flag-to-commands.ts';

const calling = { tool: 'trestle-etl', commands: ['sync', 'full-load', 'status'] };

test.each([
  [
    'trestle-etl status, trestle-etl full-load.',
    'trestle-etl --profile west status, trestle-etl --profile west full-load.',
  ],
  ['go on: trestle-etl sync', 'go on: trestle-etl --profile west sync'],
  ['a lock of trestle-etl is there', 'a lock of trestle-etl is there'],
  ['trestle-etl synchronises, trestle-etl sync-like', 'trestle-etl synchronises, trestle-etl sync-like'],
  ['what trestle-etl --profile west sync says', 'what trestle-etl --profile west sync says'],
])('the commands in %j get the flag', (text, called) => {
  expect(addFlagToCommands(text, { ...calling, flag: '--profile west' })).toBe(called);
});

test('a text is unchanged without a flag, and the flag is added verbatim', () => {
  expect(addFlagToCommands('trestle-etl sync', { ...calling, flag: undefined })).toBe('trestle-etl sync');
  expect(addFlagToCommands('trestle-etl sync', { ...calling, flag: "--env-file $&.$'" })).toBe(
    "trestle-etl --env-file $&.$' sync",
  );
});

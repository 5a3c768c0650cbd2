import { expect, test } from 'vitest';
import { build } from '../../src/cli/program.ts';
import { commandNames } from '../../src/commands/names.ts';

test('the names of the commands are those of the command line', () => {
  expect(commandNames).toEqual(build().commands.map((command) => command.name()));
});

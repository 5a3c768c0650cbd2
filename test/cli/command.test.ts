import { expect, test } from 'vitest';
import { createCommand } from '../../src/cli/command.ts';
import { fullLoad } from '../../src/commands/full-load/index.ts';
import type { Tool } from '../../src/commands/shared/tool.ts';

const noTool = (): Tool => ({}) as Tool;

test.each(['--active-first', '--usable-first'])('full-load %s loads active listings first', async (flag) => {
  const given: object[] = [];
  const run = async (_: Tool, flags: object): Promise<void> => void given.push(flags);
  await createCommand({ ...fullLoad, run }, noTool).parseAsync([flag], { from: 'user' });
  expect(given).toEqual([expect.objectContaining({ activeFirst: true })]);
});

test('a former name of a flag is not in the help', () => {
  const help = createCommand(fullLoad, noTool).helpInformation();
  expect(help).toContain('--active-first');
  expect(help).not.toContain('--usable-first');
});

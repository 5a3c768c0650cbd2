import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';
import { parseCount } from '../shared/flag-values.ts';
import type { UsageGrouping } from './read.ts';

export type UsageFlags = {
  readonly days: number;
  readonly by: UsageGrouping;
  readonly json?: boolean;
  readonly csv?: boolean;
};

export const usage: CommandDefinition = {
  name: 'usage',
  group: 'Inspect',
  summary: 'show the calls to the API, their share of the quota, and their cost',
  flags: [
    { flag: '--days <n>', help: 'number of days, including today', parse: parseCount, preset: 30 },
    { flag: '--by <what>', help: 'group by', choices: ['day', 'resource', 'run'], preset: 'day' },
    JSON_FLAG,
    { flag: '--csv', help: 'print CSV', conflicts: 'json' },
  ],
  examples: ['usage', 'usage --days 7 --by run', 'usage --days 365 --csv'],
  run: async (tool, flags: UsageFlags) => {
    const { showUsage } = await import('./show.ts');
    await tool.withContext('look', (context) => showUsage(context, flags, tool.print));
  },
};

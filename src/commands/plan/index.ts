import type { PlanMode } from '../../run/plan.ts';
import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';
import { parseDurationFlag } from '../shared/flag-values.ts';

/** `every`: milliseconds between two runs of cron. */
export type PlanFlags = { readonly every: number; readonly source?: string; readonly json?: boolean };

export const plan: CommandDefinition = {
  name: 'plan',
  group: 'Inspect',
  summary:
    'estimate what a run would take: calls, time, quota, rows, disk; sends one request for each resource',
  args: [{ name: '[run]', help: 'the run', choices: ['sync', 'full-load', 'reconcile'], preset: 'sync' }],
  flags: [
    {
      flag: '--every <time>',
      help: 'the time between two runs of cron',
      parse: parseDurationFlag,
      preset: 900_000,
      presetText: '15m',
    },
    { flag: '--source <id>', help: 'the source, such as hcad; default: the Trestle feed' },
    JSON_FLAG,
  ],
  examples: ['plan', 'plan full-load --json', 'plan reconcile --every 1d', 'plan --source hcad'],
  run: async (tool, flags: PlanFlags, mode: PlanMode) => {
    const { showPlan } = await import('./plan.ts');
    await tool.withContext('look', (context) => showPlan(context, mode, flags, tool.print));
  },
};

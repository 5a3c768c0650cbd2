import type { CommandDefinition } from '../shared/definition.ts';
import { parseCount } from '../shared/flag-values.ts';

export type RollbackFlags = { readonly run?: number };

export const rollback: CommandDefinition = {
  name: 'rollback',
  group: 'Repair',
  summary: 'publish the release before the current one again',
  args: [{ name: '<source>', help: 'the source, such as hcad' }],
  flags: [
    {
      flag: '--run <n>',
      help: 'the id of the release to publish, as releases shows it',
      parse: parseCount,
    },
  ],
  examples: ['rollback hcad', 'rollback hcad --run 12'],
  run: async (tool, flags: RollbackFlags, source: string) => {
    const { showRollback } = await import('./show.ts');
    await tool.withContext('write', (context) => showRollback(context, source, flags, tool.printAdapted));
  },
};

import type { CommandDefinition } from '../shared/definition.ts';
import { parseCount } from '../shared/flag-values.ts';

export type UndeleteFlags = { readonly run: number; readonly dryRun?: boolean };

export const undelete: CommandDefinition = {
  name: 'undelete',
  group: 'Repair',
  summary: 'restore what a reconcile deleted',
  flags: [
    { flag: '--run <n>', help: 'the id of the run, as status shows it', parse: parseCount, isRequired: true },
    { flag: '--dry-run', help: 'only report what would be restored' },
  ],
  examples: ['undelete --run 17 --dry-run', 'undelete --run 17'],
  run: async (tool, flags: UndeleteFlags) => {
    const { undeleteRun } = await import('./undelete.ts');
    await tool.withContext('write', (context) => undeleteRun(context, flags, tool.printAdapted));
  },
};

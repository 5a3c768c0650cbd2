import type { CommandDefinition } from '../shared/definition.ts';
import { DRY_RUN } from '../shared/load-flags.ts';

export type ReprocessFlags = { readonly dryRun?: boolean };

export const reprocess: CommandDefinition = {
  name: 'reprocess',
  group: 'Repair',
  summary: 'map the stored records of a source again, without a request',
  args: [{ name: '<source>', help: 'the source, as sources.yaml names it' }],
  flags: [{ ...DRY_RUN, help: 'map and compare, but write nothing' }],
  examples: ['reprocess permits', 'reprocess permits --dry-run'],
  run: async (tool, flags: ReprocessFlags, source: string) => {
    const { reprocessSource } = await import('./reprocess-source.ts');
    const print = flags.dryRun === true ? tool.print : tool.printOnTerminal;
    await tool.withContext('write', (context) => reprocessSource(context, source, flags, print));
  },
};

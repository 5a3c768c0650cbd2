import { type ArgumentDefinition, type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type ParcelsFlags = { readonly json?: boolean };

const SOURCE: ArgumentDefinition = {
  name: '[source]',
  help: 'the county, such as hcad; default: all of them',
};

export const parcels: CommandDefinition = {
  name: 'parcels',
  group: 'Inspect',
  summary: 'show how many listings match an account of their county, and match them again',
  examples: ['parcels', 'parcels match hcad'],
  subcommands: [
    {
      name: 'show',
      summary: 'show the listings of each county that match an account, by method',
      args: [SOURCE],
      flags: [JSON_FLAG],
      examples: ['parcels show', 'parcels show hcad --json'],
      run: async (tool, flags: ParcelsFlags, source?: string) => {
        const { showParcels } = await import('./show.ts');
        await tool.withContext('look', (context) => showParcels(context, source, flags, tool.printAdapted));
      },
    },
    {
      name: 'match',
      summary: 'match all listings again, and report the rates by method',
      args: [SOURCE],
      flags: [JSON_FLAG],
      examples: ['parcels match', 'parcels match hcad'],
      run: async (tool, flags: ParcelsFlags, source?: string) => {
        const { matchParcels } = await import('./match.ts');
        await tool.withContext('write', (context) => matchParcels(context, source, flags, tool.printAdapted));
      },
    },
  ],
  fallback: 'show',
};

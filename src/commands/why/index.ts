import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type WhyFlags = { readonly resource?: string; readonly offline?: boolean; readonly json?: boolean };

export const why: CommandDefinition = {
  name: 'why',
  group: 'Look',
  summary: 'explain one record: what is stored, in quarantine, and in the feed',
  args: [{ name: '<key>', help: 'its key; for a listing the ListingKey' }],
  flags: [
    { flag: '--resource <name>', help: 'its resource; default: Property' },
    { flag: '--offline', help: 'do not ask the feed' },
    JSON_FLAG,
  ],
  examples: ['why 1155528690', 'why 1155528690 --offline', 'why 2003905820472 --resource Media'],
  run: async (tool, flags: WhyFlags, key: string) => {
    const { explainRecord } = await import('./explain.ts');
    await tool.withContext('look', (context) => explainRecord(context, key, flags, tool.printAdapted));
  },
};

import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type WhyFlags = { readonly resource?: string; readonly offline?: boolean; readonly json?: boolean };

export const why: CommandDefinition = {
  name: 'why',
  group: 'Inspect',
  summary: 'explain one record: what is stored, what is in quarantine, and what the feed has',
  args: [{ name: '<key>', help: "the record's key; for a listing, its ListingKey; for an item, SOURCE/ID" }],
  flags: [
    { flag: '--resource <name>', help: "the record's resource; default: Property" },
    { flag: '--offline', help: 'send no request to the feed' },
    JSON_FLAG,
  ],
  examples: [
    'why 1155528690',
    'why 1155528690 --offline',
    'why 2003905820472 --resource Media',
    'why permits/2026-000123',
  ],
  run: async (tool, flags: WhyFlags, key: string) => {
    const { explainRecord } = await import('./explain.ts');
    await tool.withContext('look', (context) => explainRecord(context, key, flags, tool.printAdapted));
  },
};

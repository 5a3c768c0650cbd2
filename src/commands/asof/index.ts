import { type CommandDefinition, JSON_FLAG } from '../shared/definition.ts';

export type AsOfFlags = { readonly listing: string; readonly at: string; readonly json?: boolean };

export const asof: CommandDefinition = {
  name: 'asof',
  group: 'Inspect',
  summary: "show a listing's stored price and status at a given time (HISTORY=on)",
  flags: [
    { flag: '--listing <key>', help: 'the ListingKey', isRequired: true },
    { flag: '--at <time>', help: '2026-03-19 or 2026-03-19T22:00:00Z', isRequired: true },
    JSON_FLAG,
  ],
  examples: ['asof --listing 1155528690 --at 2026-03-19T22:00:00Z'],
  run: async (tool, flags: AsOfFlags) => {
    const { showAsOf } = await import('./show.ts');
    await tool.withContext('look', (context) => showAsOf(context, flags, tool.print));
  },
};

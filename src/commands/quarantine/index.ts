import type { CommandDefinition, Flag } from '../shared/definition.ts';
import { JSON_FLAG } from '../shared/definition.ts';
import { parseCount } from '../shared/flag-values.ts';

export type ListFlags = { readonly last: number; readonly fields?: boolean; readonly json?: boolean };
type ShowFlags = { readonly json?: boolean };
type AllFlags = { readonly all?: boolean };

const KEYS = { name: '[keys...]', help: 'of which records; or --all' };
const ALL: Flag = { flag: '--all', help: 'every record in quarantine' };

export const quarantine: CommandDefinition = {
  name: 'quarantine',
  group: 'Repair',
  summary: "look at records that can't be rows, and try them again",
  examples: ['quarantine list', 'quarantine show 1155528690', 'quarantine replay --all'],
  subcommands: [
    {
      name: 'list',
      summary: 'show the records in quarantine, or the fields that are not exactly what was sent',
      flags: [
        { flag: '--fields', help: 'fields of stored records that are not exactly what was sent' },
        { flag: '--last <n>', help: 'how many', parse: parseCount, preset: 50 },
        JSON_FLAG,
      ],
      examples: ['quarantine list', 'quarantine list --fields'],
      run: async (tool, flags: ListFlags) => {
        const { listEntries } = await import('./list-entries.ts');
        await tool.withContext('look', (context) => listEntries(context, flags, tool.print));
      },
    },
    {
      name: 'show',
      summary: 'show one record as it came, and what is wrong with it',
      args: [{ name: '<key>', help: 'of which record' }],
      flags: [JSON_FLAG],
      examples: ['quarantine show 1155528690'],
      run: async (tool, flags: ShowFlags, key: string) => {
        const { showEntry } = await import('./show-entry.ts');
        await tool.withContext('look', (context) => showEntry(context, key, flags, tool.print));
      },
    },
    {
      name: 'replay',
      summary: 'try records again: what is good now is loaded',
      args: [KEYS],
      flags: [ALL],
      examples: ['quarantine replay 1155528690', 'quarantine replay --all'],
      run: async (tool, flags: AllFlags, keys: readonly string[]) => {
        const { replayEntries } = await import('./replay-entries.ts');
        await tool.withContext('write', (context) => replayEntries(context, keys, flags, tool.print));
      },
    },
    {
      name: 'purge',
      summary: 'forget records; what is still bad comes back when the feed sends it again',
      args: [KEYS],
      flags: [ALL],
      examples: ['quarantine purge 1155528690', 'quarantine purge --all'],
      run: async (tool, flags: AllFlags, keys: readonly string[]) => {
        const { purgeEntries } = await import('./purge-entries.ts');
        await tool.withContext('write', (context) => purgeEntries(context, keys, flags, tool.print));
      },
    },
  ],
};

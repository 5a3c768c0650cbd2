import type { CommandDefinition, Flag } from '../shared/definition.ts';
import { JSON_FLAG } from '../shared/definition.ts';
import { parseCount } from '../shared/flag-values.ts';

export type ListFlags = { readonly last: number; readonly fields?: boolean; readonly json?: boolean };
type ShowFlags = { readonly json?: boolean };
type AllFlags = { readonly all?: boolean };

const KEYS = { name: '[keys...]', help: 'the keys of records; or --all' };
const ALL: Flag = { flag: '--all', help: 'every record in quarantine' };

export const quarantine: CommandDefinition = {
  name: 'quarantine',
  group: 'Repair',
  summary: 'show records that cannot be rows, and load them again',
  examples: ['quarantine list', 'quarantine show 1155528690', 'quarantine replay --all'],
  subcommands: [
    {
      name: 'list',
      summary: 'list the records in quarantine, or the fields whose columns differ from what was sent',
      flags: [
        { flag: '--fields', help: 'list fields of stored records whose columns differ from what was sent' },
        { flag: '--last <n>', help: 'how many entries', parse: parseCount, preset: 50 },
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
      summary: 'show one record as received, and what is wrong with it',
      args: [{ name: '<key>', help: 'the key of the record' }],
      flags: [JSON_FLAG],
      examples: ['quarantine show 1155528690'],
      run: async (tool, flags: ShowFlags, key: string) => {
        const { showEntry } = await import('./show-entry.ts');
        await tool.withContext('look', (context) => showEntry(context, key, flags, tool.print));
      },
    },
    {
      name: 'replay',
      summary: 'transform records again, and load those that are valid now',
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
      summary: 'delete records from quarantine; invalid ones return when the feed sends them again',
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

import type { CommandDefinition, Flag } from '../shared/definition.ts';
import { JSON_FLAG } from '../shared/definition.ts';
import { parseCount } from '../shared/flag-values.ts';

export type ListFlags = {
  readonly last: number;
  readonly fields?: boolean;
  readonly source?: string;
  readonly json?: boolean;
};
export type ShowFlags = { readonly source?: string; readonly json?: boolean };
export type SelectionFlags = { readonly all?: boolean; readonly source?: string };

const KEYS = { name: '[keys...]', help: 'the keys of records, or the numbers of lines; or --all' };
const ALL: Flag = { flag: '--all', help: 'everything in quarantine' };
const SOURCE: Flag = {
  flag: '--source <id>',
  help: 'another source: rejected lines of county files, or records that cannot be items',
};

export const quarantine: CommandDefinition = {
  name: 'quarantine',
  group: 'Repair',
  summary: 'show records and lines that cannot be rows, and load them again',
  examples: ['quarantine list', 'quarantine show 1155528690', 'quarantine replay --all'],
  subcommands: [
    {
      name: 'list',
      summary: 'list the records in quarantine, or the fields whose columns differ from what was sent',
      flags: [
        { flag: '--fields', help: 'list fields of stored records whose columns differ from what was sent' },
        { flag: '--last <n>', help: 'how many entries', parse: parseCount, preset: 50 },
        SOURCE,
        JSON_FLAG,
      ],
      examples: ['quarantine list', 'quarantine list --fields', 'quarantine list --source permits'],
      run: async (tool, flags: ListFlags) => {
        const { listQuarantine } = await import('./choose.ts');
        await tool.withContext('look', (context) => listQuarantine(context, flags, tool.printAdapted));
      },
    },
    {
      name: 'show',
      summary: 'show one record as received, and what is wrong with it',
      args: [{ name: '<key>', help: 'the key of the record, or the number of the line' }],
      flags: [SOURCE, JSON_FLAG],
      examples: ['quarantine show 1155528690', 'quarantine show 12 --source hcad'],
      run: async (tool, flags: ShowFlags, key: string) => {
        const { showQuarantined } = await import('./choose.ts');
        await tool.withContext('look', (context) => showQuarantined(context, key, flags, tool.print));
      },
    },
    {
      name: 'replay',
      summary: 'transform records or lines again, and load those that are valid now',
      args: [KEYS],
      flags: [ALL, SOURCE],
      examples: [
        'quarantine replay 1155528690',
        'quarantine replay --all',
        'quarantine replay 12 --source hcad',
      ],
      run: async (tool, flags: SelectionFlags, keys: readonly string[]) => {
        const { replayQuarantined } = await import('./choose.ts');
        await tool.withContext('write', (context) =>
          replayQuarantined(context, keys, flags, tool.printAdapted),
        );
      },
    },
    {
      name: 'purge',
      summary: 'delete entries from quarantine; invalid ones return when they are read again',
      args: [KEYS],
      flags: [ALL, SOURCE],
      examples: ['quarantine purge 1155528690', 'quarantine purge --all'],
      run: async (tool, flags: SelectionFlags, keys: readonly string[]) => {
        const { purgeQuarantined } = await import('./choose.ts');
        await tool.withContext('write', (context) => purgeQuarantined(context, keys, flags, tool.print));
      },
    },
  ],
};

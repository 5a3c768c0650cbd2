import { JSON_FLAG, type Subcommand } from '../shared/definition.ts';

export type ListFlags = {
  readonly resource?: string;
  readonly missing?: boolean;
  readonly new?: boolean;
  readonly used?: boolean;
  readonly refresh?: boolean;
  readonly json?: boolean;
};

export const list: Subcommand = {
  name: 'list',
  summary: 'show the fields of the licence beside the columns here; `fields` alone does too',
  args: [{ name: '[resource]', help: 'of which resource; all of RESOURCES without it' }],
  flags: [
    { flag: '--resource <name>', help: 'the same as the resource behind it' },
    { flag: '--missing', help: 'only those that the licence lacks' },
    { flag: '--new', help: "only those that came with the last change of the feed's schema" },
    { flag: '--used', help: 'only those that have a column' },
    { flag: '--refresh', help: 'ask the feed first; one call' },
    JSON_FLAG,
  ],
  examples: ['fields list Property --missing', 'fields list --new --refresh'],
  run: async (tool, flags: ListFlags, resource: string | undefined) => {
    const { showFields } = await import('./show-fields.ts');
    const name = resource ?? flags.resource;
    await tool.withContext('look', (context) => showFields(context, name, flags, tool.printAdapted));
  },
};

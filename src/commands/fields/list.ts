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
  summary: 'list the fields of the licence and their columns; `fields` alone does the same',
  args: [{ name: '[resource]', help: 'the resource; default: all of RESOURCES' }],
  flags: [
    { flag: '--resource <name>', help: 'the same as the argument' },
    { flag: '--missing', help: 'only fields that the licence lacks' },
    { flag: '--new', help: "only fields that the last change of the feed's schema added" },
    { flag: '--used', help: 'only fields that have a column' },
    { flag: '--refresh', help: 'request the schema from the feed first; one request' },
    JSON_FLAG,
  ],
  examples: ['fields list Property --missing', 'fields list --new --refresh'],
  run: async (tool, flags: ListFlags, resource: string | undefined) => {
    const { showFields } = await import('./show-fields.ts');
    const name = resource ?? flags.resource;
    await tool.withContext('look', (context) => showFields(context, name, flags, tool.printAdapted));
  },
};

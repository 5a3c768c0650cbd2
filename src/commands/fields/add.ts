import type { Subcommand } from '../shared/definition.ts';

export type AddFlags = {
  readonly as?: string;
  readonly all?: boolean;
  readonly index?: boolean;
  /** False with `--no-fill`. */
  readonly fill: boolean;
};

export const add: Subcommand = {
  name: 'add',
  summary: 'add columns for fields of the feed, and fill them from the stored payloads, without a request',
  args: [
    { name: '<resource>', help: 'the resource' },
    { name: '[fields...]', help: 'its fields; or --all' },
  ],
  flags: [
    { flag: '--as <type>', help: "the column type, such as 'varchar(500)'; default: from the feed's type" },
    { flag: '--index', help: 'add an index' },
    { flag: '--all', help: 'add every field of the feed that has no column' },
    { flag: '--no-fill', help: 'leave the columns empty' },
  ],
  examples: [
    'fields add Property Appliances Flooring',
    "fields add Property X_PoolDepth --as 'decimal(6,2)' --index",
  ],
  run: async (tool, flags: AddFlags, resource: string, names: readonly string[]) => {
    const { addFields } = await import('./add-fields.ts');
    await tool.withContext('write', (context) =>
      addFields(context, resource, names, flags, tool.printAdapted),
    );
  },
};

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
  summary: 'make columns of fields of the feed, and fill them from what is stored, without a call',
  args: [
    { name: '<resource>', help: 'of which resource' },
    { name: '[fields...]', help: 'which of its fields; or --all' },
  ],
  flags: [
    { flag: '--as <type>', help: "this type instead of the feed's own, such as 'varchar(500)'" },
    { flag: '--index', help: 'with an index' },
    { flag: '--all', help: 'every field of the feed that has no column' },
    { flag: '--no-fill', help: 'leave them empty' },
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

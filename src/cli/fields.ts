import { Argument, type Command } from 'commander';
import { type AddFlags, fieldsAddCommand } from '../commands/fields-add.ts';
import { fieldsDropCommand } from '../commands/fields-drop.ts';
import { inContext } from './action.ts';
import { printAsCalled } from './called.ts';
import { examples } from './text.ts';

/** fields add and fields drop. */
export function addFields(program: Command): void {
  program
    .command('fields')
    .description('add columns for fields of the feed, filled from what is stored, or drop them')
    .addArgument(new Argument('<action>', 'what to do').choices(['add', 'drop']))
    .argument('<resource>', 'of which resource')
    .argument('[fields...]', 'which of its fields; add takes --all instead')
    .option('--as <type>', "add: this type instead of the feed's own, such as 'varchar(500)'")
    .option('--index', 'add: with an index')
    .option('--all', 'add: every field of the feed that has no column')
    .option('--no-fill', 'add: leave them empty')
    .addHelpText(
      'after',
      examples(
        'fields add Property Appliances Flooring',
        "fields add Property X_PoolDepth --as 'decimal(6,2)' --index",
        'fields drop Property Flooring',
      ),
    )
    .action((action: string, resource: string, fields: string[], flags: AddFlags) =>
      inContext(program, (context, own: AddFlags) =>
        action === 'add'
          ? fieldsAddCommand(context, resource, fields, own, printAsCalled(program))
          : fieldsDropCommand(context, resource, fields, printAsCalled(program)),
      )(flags),
    );
}

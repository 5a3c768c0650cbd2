import { Argument, type Command } from 'commander';
import { type AddFlags, fieldsAddCommand } from '../commands/fields-add.ts';
import { fieldsDropCommand } from '../commands/fields-drop.ts';
import { fieldsListCommand, type ListFlags } from '../commands/fields-list.ts';
import type { Context } from '../app/context.ts';
import { UsageError } from '../errors.ts';
import { inContext } from './action.ts';
import { printAsCalled } from './called.ts';
import { examples } from './text.ts';

type Flags = AddFlags & ListFlags;

/** fields list, fields add and fields drop. */
export function addFields(program: Command): void {
  const say = printAsCalled(program);
  const command = program
    .command('fields')
    .description(
      'show the fields of the licence, make columns of them, filled from what is stored, or drop those',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(['list', 'add', 'drop']))
    .argument('[resource]', 'of which resource; list: all of RESOURCES without it')
    .argument('[fields...]', 'add and drop: which of its fields; add takes --all instead');
  addOptions(command)
    .addHelpText(
      'after',
      examples(
        'fields list Property --missing',
        'fields list --new --refresh',
        'fields add Property Appliances Flooring',
        "fields add Property X_PoolDepth --as 'decimal(6,2)' --index",
        'fields drop Property Flooring',
      ),
    )
    .action((action: string, resource: string | undefined, fields: string[], flags: Flags) => {
      const work = (context: Context, own: Flags): Promise<void> => {
        if (action === 'list') return fieldsListCommand(context, resource, own, say);
        const name = needed(action, resource);
        return action === 'add'
          ? fieldsAddCommand(context, name, fields, own, say)
          : fieldsDropCommand(context, name, fields, say);
      };
      return inContext(program, work, action === 'list')(flags);
    });
}

function addOptions(command: Command): Command {
  return command
    .option('--resource <name>', 'list: the same as the resource behind it')
    .option('--missing', 'list: only those that the licence lacks')
    .option('--new', "list: only those that came with the last change of the feed's schema")
    .option('--used', 'list: only those that have a column')
    .option('--refresh', 'list: ask the feed first; one call')
    .option('--json', 'list: for programs')
    .option('--as <type>', "add: this type instead of the feed's own, such as 'varchar(500)'")
    .option('--index', 'add: with an index')
    .option('--all', 'add: every field of the feed that has no column')
    .option('--no-fill', 'add: leave them empty');
}

function needed(action: string, resource: string | undefined): string {
  if (resource !== undefined) return resource;
  throw new UsageError(`fields ${action} needs a resource and fields of it`, {
    op: 'read arguments',
    hint: `trestle-etl fields ${action} Property Appliances`,
  });
}

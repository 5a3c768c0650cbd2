import { Argument, type Command } from 'commander';
import { quarantineCommand, type QuarantineFlags } from '../commands/quarantine.ts';
import { inContext } from './action.ts';
import { count } from './flags.ts';
import { examples, print } from './text.ts';

export function addQuarantine(program: Command): void {
  program
    .command('quarantine')
    .description("look at records that can't be rows, and try them again")
    .addArgument(new Argument('<action>', 'what to do').choices(['list', 'show', 'replay', 'purge']))
    .argument('[keys...]', 'of which records; replay and purge take --all instead')
    .option('--all', 'every record in quarantine')
    .option('--fields', 'list: fields of stored records that are not exactly what was sent')
    .option('--last <n>', 'how many list shows', count, 50)
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples(
        'quarantine list',
        'quarantine list --fields',
        'quarantine show 1155528690',
        'quarantine replay --all',
      ),
    )
    .action((action: string, keys: string[], flags: QuarantineFlags) =>
      inContext(
        program,
        (context, own: QuarantineFlags) => quarantineCommand(context, action, keys, own, print),
        action === 'list' || action === 'show',
      )(flags),
    );
}

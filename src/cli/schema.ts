import { Argument, type Command } from 'commander';
import { schemaCommand, type SchemaFlags } from '../commands/schema.ts';
import { inContext } from './action.ts';
import { examples, print } from './text.ts';

/** How the feed's own schema changes. */
export function addSchema(program: Command): void {
  program
    .command('schema')
    .description("show what changed in the feed's own schema")
    .addArgument(new Argument('<action>', 'what to do').choices(['diff']))
    .option('--since <time>', 'since then: 2026-03-19 or 2026-03-19T22:00:00Z; default: the last change')
    .option('--refresh', 'ask the feed first; one call')
    .option('--json', 'for programs')
    .addHelpText('after', examples('schema diff', 'schema diff --since 2026-01-01 --json'))
    .action((_action: string, flags: SchemaFlags) =>
      inContext(program, (context, own: SchemaFlags) => schemaCommand(context, own, print), true)(flags),
    );
}

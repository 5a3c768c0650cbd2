import type { Command } from 'commander';
import { migrateCommand } from '../commands/migrate.ts';
import { sandboxCommand, type SandboxFlags } from '../commands/sandbox.ts';
import { untilStopped } from '../context.ts';
import { inContext } from './action.ts';
import { count, wholeNumber } from './flags.ts';
import { examples, print, printOnTerminal } from './text.ts';

/** What is needed before the first run, or to try things out. */
export function addSetup(program: Command): void {
  program
    .command('migrate')
    .description('bring the tables up to date; every run does this by itself')
    .addHelpText('after', examples('migrate'))
    .action(inContext(program, (context) => migrateCommand(context, printOnTerminal)));
  program
    .command('sandbox')
    .description('serve a made-up Trestle on this machine, to try things out')
    .option('--listings <n>', 'how many', count, 1000)
    .option('--media <n>', 'how many a listing, on average', count, 3)
    .option('--port <n>', '0: a free one', wholeNumber, 0)
    .option('--seed <n>', 'another seed, other listings', count, 1)
    .option('--minute-quota <n>', 'requests a minute', count, 100_000)
    .option('--hour-quota <n>', 'requests an hour', count, 1_000_000)
    .option('--latency <ms>', 'added to every answer', wholeNumber, 0)
    .addHelpText('after', examples('sandbox --listings 2000', 'sandbox --port 8080 --minute-quota 180'))
    .action((flags: SandboxFlags) => untilStopped((signal) => sandboxCommand(flags, print, signal)));
}

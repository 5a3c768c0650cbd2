import type { Command } from 'commander';
import { reconcileCommand, type ReconcileFlags } from '../commands/reconcile.ts';
import { undeleteCommand, type UndeleteFlags } from '../commands/undelete.ts';
import { inContext } from './action.ts';
import { printAsCalled } from './called.ts';
import { count, list, percent } from './flags.ts';
import { examples, print, printOnTerminal } from './text.ts';

/** reconcile and undelete. */
export function addRepairs(program: Command): void {
  program
    .command('reconcile')
    .description('find what the feed has no more, and what is missing here, by comparing all keys')
    .option('--resources <names>', 'these of RESOURCES; default: those with keys of their own', list)
    .option('--dry-run', 'compare, but fetch and delete nothing')
    .option('--hard', 'remove rows instead of marking them as deleted')
    .option('--force', 'delete also more than the share that may go at once')
    .option('--max-delete-percent <p>', 'that share; default: RECONCILE_MAX_DELETE_PERCENT', percent)
    .addHelpText('after', examples('reconcile', 'reconcile --dry-run', 'reconcile --max-delete-percent 10'))
    .action(
      inContext(program, (context, flags: ReconcileFlags) =>
        reconcileCommand(context, flags, flags.dryRun === true ? print : printOnTerminal),
      ),
    );
  program
    .command('undelete')
    .description('take back what a reconcile deleted')
    .requiredOption('--run <n>', 'the run, as status shows it', count)
    .option('--dry-run', 'only say what would come back')
    .addHelpText('after', examples('undelete --run 17 --dry-run', 'undelete --run 17'))
    .action(
      inContext(program, (context, flags: UndeleteFlags) =>
        undeleteCommand(context, flags, printAsCalled(program)),
      ),
    );
}

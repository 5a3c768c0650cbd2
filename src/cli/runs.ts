import { type Command, Option } from 'commander';
import { runCommand, type RunFlags } from '../commands/run.ts';
import type { Context } from '../app/context.ts';
import type { Mode } from '../model/mode.ts';
import { inContext } from './action.ts';
import { count, list } from './flags.ts';
import { examples, print, printOnTerminal } from './text.ts';

/** sync and full-load. */
export function addRuns(program: Command): void {
  const dryRun = new Option('--dry-run', 'fetch and compare, but write nothing');
  const some = new Option('--resources <names>', 'only these of RESOURCES, separated by commas').argParser(
    list,
  );
  const maxPages = new Option('--max-pages <n>', 'stop after so many pages of each resource').argParser(
    count,
  );
  program
    .command('sync')
    .description('load what changed since the last run')
    .addOption(some)
    .option('--since <time>', 'begin there instead of at the watermark: 2026-03-19 or 2026-03-19T22:00:00Z')
    .addOption(dryRun)
    .addOption(maxPages)
    .addHelpText('after', examples('sync', 'sync --dry-run', 'sync --resources Property --since 2026-03-19'))
    .action(inContext(program, runIn('sync')));
  program
    .command('full-load')
    .description('load the whole feed; interrupted, it goes on where it committed')
    .addOption(some)
    .option('--restart', 'begin at the beginning, whatever an interrupted full-load has done')
    .option('--usable-first', 'a first load: active listings and their media before the rest')
    .addOption(dryRun)
    .addOption(maxPages)
    .addOption(
      new Option('--strategy <name>', 'how the feed is paged')
        .choices(['keyset', 'replication'])
        .default('keyset'),
    )
    .addHelpText(
      'after',
      examples('full-load', 'full-load --usable-first', 'full-load --resources Media --restart'),
    )
    .action(inContext(program, runIn('full-load')));
}

function runIn(mode: Mode) {
  return (context: Context, flags: RunFlags): Promise<void> =>
    runCommand(context, mode, flags, flags.dryRun === true ? print : printOnTerminal);
}

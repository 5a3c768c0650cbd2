import { Argument, type Command } from 'commander';
import { alertCommand } from '../commands/alert.ts';
import { completionCommand, shells } from '../commands/completion.ts';
import { doctorCommand, type DoctorFlags } from '../commands/doctor.ts';
import { initCommand } from '../commands/init.ts';
import { migrateCommand } from '../commands/migrate.ts';
import type { SandboxFlags } from '../commands/sandbox.ts';
import { type Place, untilStopped } from '../app/context.ts';
import { openCheckup } from '../app/checkup.ts';
import { openDraft } from '../app/draft.ts';
import { inContext } from './action.ts';
import { printAsCalled } from './called.ts';
import { count, list, wholeNumber } from './flags.ts';
import { setLastResortAid } from './last-resort.ts';
import { examples, print, printOnTerminal } from './text.ts';
import { wordsOf } from './words.ts';

/** What is needed before the first run, or to try things out. */
export function addSetup(program: Command): void {
  addFirstSteps(program);
  program
    .command('migrate')
    .description('bring the tables up to date; every run does this by itself')
    .addHelpText('after', examples('migrate'))
    .action(inContext(program, (context) => migrateCommand(context, printOnTerminal)));
  program
    .command('alert')
    .description('send a test alert by each way that is set, and say whether it was taken')
    .addArgument(new Argument('<action>', 'what to do').choices(['test']))
    .addHelpText('after', examples('alert test'))
    .action((_action: string, flags: object) =>
      inContext(program, (context) => alertCommand(context, print))(flags),
    );
  program
    .command('sandbox')
    .description('serve a made-up Trestle on this machine, to try things out')
    .option('--listings <n>', 'how many', count, 1000)
    .option('--media <n>', 'how many a listing, on average', count, 3)
    .option('--port <n>', '0: a free one', wholeNumber, 0)
    .option('--seed <n>', 'another seed, other listings', count, 1)
    .option('--minute-quota <n>', 'requests a minute', count, 100_000)
    .option('--hour-quota <n>', 'requests an hour', count, 1_000_000)
    .option('--unlicensed <names>', 'sets that the licence lacks, separated by commas', list)
    .option('--latency <ms>', 'added to every answer', wholeNumber, 0)
    .addHelpText(
      'after',
      examples(
        'sandbox --listings 2000',
        'sandbox --port 8080 --minute-quota 180',
        'sandbox --unlicensed Teams,TeamMembers',
      ),
    )
    .action(async (flags: SandboxFlags) => {
      // A run that cron starts every few minutes need not load a server of its own.
      const { sandboxCommand } = await import('../commands/sandbox.ts');
      await untilStopped((signal) => sandboxCommand(flags, print, signal));
    });
}

/** init, doctor and completion: they do without a configuration that is good. */
function addFirstSteps(program: Command): void {
  const say = printAsCalled(program);
  program
    .command('init')
    .description('write a first .env by asking for what it needs')
    .addHelpText('after', examples('init', '--profile west init'))
    .action(() => initCommand(openDraft(program.opts<Place>()), say));
  program
    .command('doctor')
    .description('check everything that a run needs, and say what to do')
    .option('--json', 'for programs')
    .addHelpText('after', examples('doctor', 'doctor --json', '--profile west doctor'))
    .action(async (flags: DoctorFlags) => {
      const checkup = openCheckup(program.opts<Place>());
      setLastResortAid({ clean: checkup.clean, log: () => undefined });
      try {
        await doctorCommand(checkup, flags, say);
      } finally {
        await checkup.close();
      }
    });
  program
    .command('completion')
    .description('print what a shell needs to complete these commands')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText(
      'after',
      examples('completion bash > ~/.local/share/bash-completion/completions/trestle-etl'),
    )
    .action((shell: (typeof shells)[number]) => completionCommand(shell, wordsOf(program), print));
}

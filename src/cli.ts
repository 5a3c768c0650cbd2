import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { migrateCommand } from './commands/migrate.ts';
import { quarantineCommand, type QuarantineFlags } from './commands/quarantine.ts';
import { reconcileCommand, type ReconcileFlags } from './commands/reconcile.ts';
import { runCommand, type RunFlags } from './commands/run.ts';
import { sandboxCommand, type SandboxFlags } from './commands/sandbox.ts';
import { statusCommand, type StatusFlags } from './commands/status.ts';
import { verifyCommand, type VerifyFlags } from './commands/verify.ts';
import { whyCommand, type WhyFlags } from './commands/why.ts';
import { undeleteCommand, type UndeleteFlags } from './commands/undelete.ts';
import { type Context, openContext, untilStopped, version } from './context.ts';
import { BusyError, EtlError, InterruptedError } from './errors.ts';
import type { Mode } from './model.ts';

const EXIT_CODES = `
Exit codes:
  0    done (also when records were put into quarantine)
  1    failed
  2    wrong usage
  69   API or database unavailable, after retries
  75   another run is active, or the quota is spent: try later
  77   credentials refused
  78   configuration or schema wrong
  129, 130, 143   interrupted by SIGHUP, SIGINT, SIGTERM`;

/** Runs one command line. @returns the exit code; the one place where an error becomes one. */
export async function cli(argv: readonly string[]): Promise<number> {
  const program = build();
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`trestle-etl: ${describe(error)}\n`);
    return error instanceof EtlError ? error.exitCode : 1;
  }
}

function build(): Command {
  const program = new Command('trestle-etl')
    .description('Keeps a MySQL database in step with a Trestle (RESO OData) feed.')
    .version(version)
    .option('--env-file <file>', 'configuration; default: .env in the working directory')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) });
  addRuns(program);
  addRepairs(program);
  addQuarantine(program);
  addLooks(program);
  program.commands.forEach((command) => command.exitOverride().copyInheritedSettings(program));
  return program;
}

function addRuns(program: Command): void {
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
    .addOption(dryRun)
    .addOption(maxPages)
    .addOption(
      new Option('--strategy <name>', 'how the feed is paged')
        .choices(['keyset', 'replication'])
        .default('keyset'),
    )
    .addHelpText('after', examples('full-load', 'full-load --resources Media --restart'))
    .action(inContext(program, runIn('full-load')));
}

function addRepairs(program: Command): void {
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
    .action(inContext(program, (context, flags: UndeleteFlags) => undeleteCommand(context, flags, print)));
}

function addQuarantine(program: Command): void {
  program
    .command('quarantine')
    .description("look at records that can't be rows, and try them again")
    .addArgument(new Argument('<action>', 'what to do').choices(['list', 'show', 'replay', 'purge']))
    .argument('[keys...]', 'of which records; replay and purge take --all instead')
    .option('--all', 'every record in quarantine')
    .option('--last <n>', 'how many list shows', count, 50)
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('quarantine list', 'quarantine show 1155528690', 'quarantine replay --all'),
    )
    .action((action: string, keys: string[], flags: QuarantineFlags) =>
      inContext(program, (context, own: QuarantineFlags) =>
        quarantineCommand(context, action, keys, own, print),
      )(flags),
    );
}

function addLooks(program: Command): void {
  program
    .command('verify')
    .description('compare counts here and in the feed, and name what differs')
    .option('--resources <names>', 'these of RESOURCES; default: those with keys of their own', list)
    .option('--since <time>', 'only what changed since: 2026-03-19 or 2026-03-19T22:00:00Z')
    .option('--json', 'for programs')
    .addHelpText('after', examples('verify', 'verify --since 2026-03-01 --json'))
    .action(inContext(program, (context, flags: VerifyFlags) => verifyCommand(context, flags, print), true));
  program
    .command('why')
    .description('explain one listing: how it stands here, in quarantine, and in the feed')
    .argument('<listing-key>', 'its ListingKey')
    .option('--offline', 'do not ask the feed')
    .option('--json', 'for programs')
    .addHelpText('after', examples('why 1155528690', 'why 1155528690 --offline'))
    .action((key: string, flags: WhyFlags) =>
      inContext(program, (context, own: WhyFlags) => whyCommand(context, key, own, print), true)(flags),
    );
  program
    .command('status')
    .description('show the last runs and how fresh each resource is')
    .option('--last <n>', 'how many runs', count, 10)
    .option('--json', 'for programs')
    .addHelpText('after', examples('status', 'status --last 3 --json'))
    .action(
      inContext(
        program,
        (context, flags: StatusFlags) =>
          statusCommand(context, flags, print, process.stdout.isTTY && process.stdout.hasColors()),
        true,
      ),
    );
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

function runIn(mode: Mode) {
  return (context: Context, flags: RunFlags): Promise<void> =>
    runCommand(context, mode, flags, flags.dryRun === true ? print : printOnTerminal);
}

/** Opens the context for a command, and closes it however the command ends. */
function inContext<Flags>(
  program: Command,
  action: (context: Context, flags: Flags) => Promise<void>,
  onlyLooks = false,
) {
  return async (flags: Flags): Promise<void> => {
    const context = await openContext(program.opts<{ envFile?: string }>().envFile, onlyLooks);
    try {
      await action(context, flags);
    } catch (error) {
      const isExpected = error instanceof BusyError || error instanceof InterruptedError;
      context.logs.main[isExpected ? 'warn' : 'error']({ err: error }, 'command ended early');
      if (error instanceof Error) error.message = context.tools.clean(error.message);
      throw error;
    } finally {
      context.tools.progress.end();
      await context.close();
    }
  };
}

/** One line: what happened, and what to do next. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line =
    error instanceof EtlError
      ? message
      : `unexpected error: ${message} (if there is a log, errors.log has more)`;
  const hint = error instanceof EtlError && error.hint !== undefined ? ` — ${error.hint}` : '';
  return `${line}${hint}`.replace(/\s*\n\s*/g, ' ');
}

/** Commander's complaint about the command line, with where to look. */
function oneLine(text: string): string {
  const complaint = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `trestle-etl: ${complaint} — trestle-etl --help shows what there is\n`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Cron mails whatever a job prints: a successful run prints to people only. */
function printOnTerminal(text: string): void {
  if (process.stdout.isTTY) print(text);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  trestle-etl ${line}`).join('\n')}`;
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function count(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

function percent(text: string): number {
  const number = wholeNumber(text);
  if (number > 100) throw new InvalidArgumentError('It must be from 0 to 100.');
  return number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

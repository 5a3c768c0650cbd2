import { asCalled } from './cli/called.ts';
import { asIncompleteInstallation, describeError, exitCodeOf } from './cli/describe.ts';
import { installLastResort } from './cli/last-resort.ts';
import { outliveOutput } from './cli/output.ts';
import { build, exitCodeOfComplaint } from './cli/program.ts';
import { subcommandFirst } from './cli/subcommand.ts';
import { COMMANDS } from './commands/registry.ts';

/** Runs a command line as this process, and sets the exit code. */
export async function start(argv: readonly string[]): Promise<void> {
  const program = build();
  outliveOutput();
  installLastResort((error) => describe(error, program));
  process.exitCode = await cli(argv, program);
}

/** Runs one command line. @returns the exit code; the one place that turns a command's error into one. */
export async function cli(argv: readonly string[], program = build()): Promise<number> {
  try {
    await program.parseAsync(subcommandFirst(argv.slice(2), COMMANDS), { from: 'user' });
    return 0;
  } catch (thrown) {
    const complaint = exitCodeOfComplaint(thrown);
    if (complaint !== undefined) return complaint;
    const error = asIncompleteInstallation(thrown);
    process.stderr.write(`trestle-etl: ${describe(error, program)}\n`);
    return exitCodeOf(error);
  }
}

function describe(error: unknown, program: ReturnType<typeof build>): string {
  return describeError(error, (hint) => asCalled(hint, program));
}

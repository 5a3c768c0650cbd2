import { adaptCommands } from './cli/adapt-commands.ts';
import { toInstallationError, describeError, exitCodeOf } from './cli/describe.ts';
import { buildProgram, exitCodeOfComplaint } from './cli/program.ts';
import { moveSubcommandFirst } from './cli/subcommand.ts';
import { COMMANDS } from './commands/registry.ts';
import type { Io } from './model/io.ts';

/**
 * Runs one command line.
 * @param onBuilt receives the function that describes an error, before the command starts.
 * @returns the exit code. Only this function turns an error into an exit code.
 */
export async function cli(
  argv: readonly string[],
  io: Io,
  onBuilt?: (describe: (error: unknown) => string) => void,
): Promise<number> {
  const program = buildProgram(io);
  const describe = (error: unknown): string => describeError(error, (hint) => adaptCommands(hint, program));
  onBuilt?.(describe);
  try {
    await program.parseAsync(moveSubcommandFirst(argv.slice(2), COMMANDS), { from: 'user' });
    return 0;
  } catch (thrown) {
    const complaint = exitCodeOfComplaint(thrown);
    if (complaint !== undefined) return complaint;
    const error = toInstallationError(thrown);
    io.stderr.write(`trestle-etl: ${describe(error)}\n`);
    return exitCodeOf(error);
  }
}

import { asCalled } from './cli/called.ts';
import { build, exitCodeOfComplaint } from './cli/program.ts';
import { EtlError } from './errors.ts';

/** Runs one command line. @returns the exit code; the one place where an error becomes one. */
export async function cli(argv: readonly string[]): Promise<number> {
  const program = build();
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    const complaint = exitCodeOfComplaint(error);
    if (complaint !== undefined) return complaint;
    process.stderr.write(`trestle-etl: ${describe(error, (hint) => asCalled(hint, program))}\n`);
    return error instanceof EtlError ? error.exitCode : 1;
  }
}

/** One line: what happened, and what to do next. */
function describe(error: unknown, called: (hint: string) => string): string {
  const message = error instanceof Error ? error.message : String(error);
  const line =
    error instanceof EtlError
      ? message
      : `unexpected error: ${message} (if there is a log, errors.log has more)`;
  const hint = error instanceof EtlError && error.hint !== undefined ? ` — ${called(error.hint)}` : '';
  return `${line}${hint}`.replace(/\s*\n\s*/g, ' ');
}

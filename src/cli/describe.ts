import { ConfigError, EtlError } from '../errors.ts';

/** One line: what failed, and what to do next. @param adapt adapts the commands in a hint to this configuration. */
export function describeError(error: unknown, adapt: (hint: string) => string): string {
  const message = error instanceof Error ? error.message : String(error);
  const line =
    error instanceof EtlError
      ? message
      : `unexpected error: ${message} (details are in errors.log, if there is a log)`;
  const hint = error instanceof EtlError && error.hint !== undefined ? ` — ${adapt(error.hint)}` : '';
  return `${line}${hint}`.replace(/\s*\n\s*/g, ' ');
}

export function exitCodeOf(error: unknown): number {
  return error instanceof EtlError ? error.exitCode : 1;
}

/** The code of a command is imported when it is called: only then does a missing file fail. */
export function toInstallationError(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_MODULE_NOT_FOUND') return error;
  return new ConfigError(`the installation is incomplete: ${(error as Error).message.split('\n')[0]}`, {
    op: 'load command',
    cause: error,
    hint: 'install trestle-etl again',
  });
}

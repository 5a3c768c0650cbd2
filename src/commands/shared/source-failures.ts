import { EtlError, InterruptedError, SourcesFailedError } from '../../errors.ts';

export type SourceFailure = { readonly source: string; readonly error: unknown };

/**
 * Creates the error that reports which sources failed.
 * @param failures at least one.
 * @param count the number of configured sources: a single one need not be named.
 */
export function nameFailures(failures: readonly SourceFailure[], count: number): unknown {
  const [first] = failures;
  const interruption = failures.find(({ error }) => error instanceof InterruptedError);
  if (first === undefined || interruption !== undefined) return interruption?.error;
  const { source, error } = first;
  if (failures.length > 1) {
    const all = failures.map((each) => describeFailure(each.source, each.error));
    return new SourcesFailedError(`${failures.length} of ${count} sources failed: ${all.join('; ')}`, {
      op: 'sync',
      hint: 'trestle-etl status shows each run, trestle-etl doctor finds the problems',
      cause: error,
      exitCode: error instanceof EtlError ? error.exitCode : 1,
    });
  }
  if (count > 1 && error instanceof EtlError) error.message = describeFailure(source, error);
  return error;
}

/** A message that names its source is left as it is. */
function describeFailure(source: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const names = message.split(/[^\w-]+/);
  return names.includes(source) ? message : `${source}: ${message}`;
}

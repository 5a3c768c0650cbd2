import { ConfigError } from '../../errors.ts';

/** The error of a command that runs before anything is loaded. */
export function nothingLoadedError(op: string): ConfigError {
  return new ConfigError('there is nothing to reconcile yet', {
    op,
    hint: 'run trestle-etl full-load first',
  });
}

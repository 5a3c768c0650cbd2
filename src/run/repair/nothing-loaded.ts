import { ConfigError } from '../../errors.ts';

/** Before anything is loaded. */
export function nothingLoadedError(op: string): ConfigError {
  return new ConfigError('there is nothing to reconcile yet', {
    op,
    hint: 'trestle-etl full-load comes first',
  });
}

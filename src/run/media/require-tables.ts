import { ConfigError } from '../../errors.ts';
import type { ActiveRun } from '../active-run.ts';

/** @throws ConfigError in a dry run before the first migration. Other runs create the tables. */
export function requireTables({ hasTables }: Pick<ActiveRun, 'hasTables'>): void {
  if (hasTables) return;
  throw new ConfigError('there are no tables yet, so there are no media files', {
    op: 'check the tables',
    hint: 'trestle-etl sync creates and fills them',
  });
}

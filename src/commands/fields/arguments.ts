import type { Database } from '../../db/pool.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasTables } from '../../record/tables.ts';

/** Finds the dataset that the command line names. @throws UsageError for one that RESOURCES does not have. */
export function findDataset(all: readonly Dataset[], name: string): Dataset {
  const found = all.find((dataset) => dataset.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no resource ${name}; RESOURCES has ${all.map((dataset) => dataset.name).join(', ')}`,
    { op: 'read arguments', hint: 'add it to RESOURCES, or name one of these' },
  );
}

/** @throws ConfigError before the first load: there are no tables. */
export async function requireTables(database: Database): Promise<void> {
  if (await hasTables(database)) return;
  throw new ConfigError('there are no tables yet', {
    op: 'change fields',
    hint: 'trestle-etl full-load creates and fills them',
  });
}

import { createAlteredError, type SchemaAlteration, readAlterations } from '../db/alterations.ts';
import type { Session } from '../db/pool.ts';
import type { ConfigError } from '../errors.ts';
import { expectedTables } from '../load/expected-tables.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { RunTools } from './active-run.ts';

/** Compares the tables with the schema. `refusal` is set if a run must not use them. */
export async function compareTables(
  session: Session,
  datasets: readonly Dataset[],
  catalogue: readonly Dataset[],
): Promise<{ altered: readonly SchemaAlteration[]; refusal: ConfigError | undefined }> {
  const altered = await readAlterations(session, expectedTables(datasets, catalogue));
  const serious = altered.filter(({ isLenient }) => !isLenient);
  return { altered, refusal: serious.length === 0 ? undefined : createAlteredError(serious) };
}

/**
 * Compares the tables with the schema, and logs columns that are narrower than their field.
 * @throws ConfigError if a table was altered so that records could be lost, mixed up or misleading.
 */
export async function checkTables(
  { catalogue, log }: Pick<RunTools, 'catalogue' | 'log'>,
  session: Session,
  datasets: readonly Dataset[],
): Promise<void> {
  const { altered, refusal } = await compareTables(session, datasets, catalogue);
  if (refusal !== undefined) throw refusal;
  if (altered.length === 0) return;
  const columns = altered.map(({ description }) => description);
  const statements = altered.map(({ remedy }) => remedy);
  log.main.warn(
    { columns, statements },
    'columns were altered: values may be cut or rounded, or rows rejected',
  );
}

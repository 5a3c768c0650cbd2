import { readKeyCollation } from '../db/key-collation.ts';
import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { createTables } from '../load/create-table.ts';
import { existingTables } from '../db/existing-tables.ts';

/**
 * Creates missing tables from the descriptions of their datasets. The tables of the Trestle feed come from sql/, which
 * released versions have applied.
 * @returns the names of the datasets whose tables were created.
 */
export async function ensureTables(session: Session, datasets: readonly Dataset[]): Promise<string[]> {
  const described = datasets.filter(({ read }) => read.kind === 'append' || read.kind === 'snapshot');
  if (described.length === 0) return [];
  const tables = described.flatMap(({ table, rawTable }) => [table, rawTable]);
  const existing = await existingTables(session, tables);
  const missing = described.filter(({ table, rawTable }) => !existing.has(table) || !existing.has(rawTable));
  if (missing.length === 0) return [];
  const collation = await readKeyCollation(session);
  for (const dataset of missing)
    for (const statement of createTables(dataset, collation)) await session.run(statement);
  return missing.map(({ name }) => name);
}

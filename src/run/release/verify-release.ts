import { existingTables } from '../../db/existing-tables.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../../load/statement.ts';
import { type Import, readFileProgress } from '../../record/import.ts';
import { readTableChanges } from '../../record/import-quality.ts';

/** A table of the published release. */
export type VerifiedTable = {
  readonly table: string;
  /** Rows that were loaded; null for a table that is built from others. */
  readonly recorded: number | null;
  /** Rows that are stored; null: the table is gone. */
  readonly stored: number | null;
  /** Files whose lines are not all accounted for: lines = rows, rejects, skipped lines and duplicates. */
  readonly incomplete: readonly string[];
};

/** Compares the number of rows of each published table with the rows that were loaded. */
export async function verifyRelease(session: Session, published: Import): Promise<VerifiedTable[]> {
  const names = Object.keys(published.tables);
  const existing = await existingTables(session, names);
  const changes = await readTableChanges(session, published.id);
  const verified: VerifiedTable[] = [];
  for (const [table, maker] of Object.entries(published.tables).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const files = (await readFileProgress(session, maker)).filter((file) => file.table === table);
    verified.push({
      table,
      recorded: changes.find((each) => each.table === table)?.rows ?? null,
      stored: existing.has(table) ? await countRows(session, table) : null,
      incomplete: files
        .filter(
          ({ lines, rows, rejects, skipped, duplicates, isComplete }) =>
            !isComplete || lines !== rows + rejects + skipped + duplicates,
        )
        .map(({ archive, member }) => `${archive}/${member}`),
    });
  }
  return verified;
}

async function countRows(session: Session, table: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(`SELECT COUNT(*) AS n FROM ${quote(table)}`);
  return row?.n ?? 0;
}

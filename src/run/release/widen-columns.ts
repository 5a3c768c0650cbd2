import type { Session } from '../../db/pool.ts';
import { widenColumn } from '../../load/release/create-table.ts';
import { saveCheck } from '../../record/import-quality.ts';
import type { LineBatch } from '../../sources/release.ts';
import type { ActiveRun } from '../active-run.ts';
import { retryAfterReconnect } from '../fence.ts';
import type { StagingTable } from './staging-table.ts';

/** Lengths in characters that a column is widened to: each holds twice as much as the one before, or more. */
const WIDTHS = [64, 128, 255, 512, 1024, 4096];

/**
 * Widens the columns that are too short for a value: publishers' own values are longer than their layouts say. A column that
 * was widened before stays as it is if it is long enough: the server may copy the table for each change.
 */
export async function widenColumns(
  active: ActiveRun,
  { id, table, name, collation, widths }: StagingTable,
  longer: LineBatch['longer'],
): Promise<void> {
  for (const { column, length } of longer) {
    const found = table.columns.find((each) => each.column === column);
    if (found === undefined || length <= (widths.get(column) ?? 0)) continue;
    const width = WIDTHS.find((each) => each >= length);
    const type =
      width === undefined ? ({ kind: 'longtext' } as const) : ({ kind: 'string', length: width } as const);
    await retryAfterReconnect(active, async () => {
      await active.connection.run(widenColumn(table, name, { ...found, type }, collation));
      const allowed = found.type.kind === 'string' ? found.type.length : undefined;
      await saveCheck(active.connection, id, {
        table: table.table,
        rule: `width ${column}`,
        found: length,
        allowed,
        isFailed: false,
        detail: 'the column was widened',
      });
    });
    widths.set(column, width ?? Infinity);
  }
}

/** Reads the lengths of the text columns of a staged table, which an earlier run may have widened. */
export async function readWidths(session: Session, name: string): Promise<Map<string, number>> {
  const rows = await session.select<{ name: string; width: string | number | null }>(
    'SELECT column_name AS name, character_maximum_length AS width FROM information_schema.columns ' +
      'WHERE table_schema = DATABASE() AND table_name = ?',
    [name],
  );
  return new Map(rows.flatMap((row) => (row.width === null ? [] : [[row.name, Number(row.width)] as const])));
}

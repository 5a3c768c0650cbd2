import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import type { Import } from './import.ts';
import type { ImportReject } from './import-quality.ts';

/** A line that could not be a row, with the import that read it. */
export type StoredReject = ImportReject & { readonly id: number; readonly importId: number };

/** The imports that loaded each table of a release: their rejects belong to it. */
type Composition = Import['tables'];

type RejectRow = {
  id: number;
  import_id: number;
  table_name: string;
  tax_year: number;
  archive: string;
  member: string;
  line_no: number;
  byte_offset: number;
  reason: string;
  message: string;
  raw: string;
};

const COLUMNS =
  'id, import_id, table_name, tax_year, archive, member, line_no, byte_offset, reason, message, raw';

type Scope = { readonly sql: string; readonly values: readonly string[] };

/** Rejects of a release that were not replayed. */
function openIn(tables: Composition): Scope {
  const entries = Object.entries(tables);
  if (entries.length === 0) return { sql: 'FALSE', values: [] };
  return {
    sql: `replayed_at IS NULL AND (${entries.map(() => '(import_id = ? AND table_name = ?)').join(' OR ')})`,
    values: entries.flatMap(([table, maker]) => [String(maker), table]),
  };
}

/** Counts the lines of a release that could not be rows, and were not replayed. */
export async function countOpenRejects(session: Session, tables: Composition): Promise<number> {
  const { sql, values } = openIn(tables);
  const [row] = await session.select<{ n: number }>(
    `SELECT COUNT(*) AS n FROM etl_import_reject WHERE ${sql}`,
    values,
  );
  return row?.n ?? 0;
}

/** Which rejects to read, in the order of their ids. */
export type RejectSelection = {
  readonly limit: number;
  /** Only rejects with a greater id. */
  readonly after?: number;
  /** Only these; undefined: all. */
  readonly ids?: readonly number[] | undefined;
};

export async function readOpenRejects(
  session: Session,
  tables: Composition,
  { limit, after = 0, ids }: RejectSelection,
): Promise<StoredReject[]> {
  if (ids?.length === 0) return [];
  const { sql, values } = openIn(tables);
  const named = ids === undefined ? '' : ` AND id IN (${placeholders(ids.length)})`;
  const rows = await session.select<RejectRow>(
    `SELECT ${COLUMNS} FROM etl_import_reject WHERE ${sql} AND id > ?${named} ORDER BY id LIMIT ${Math.trunc(limit)}`,
    [...values, String(after), ...(ids ?? []).map(String)],
  );
  return rows.map((row) => ({
    id: row.id,
    importId: row.import_id,
    table: row.table_name,
    year: row.tax_year,
    archive: row.archive,
    member: row.member,
    line: row.line_no,
    offset: row.byte_offset,
    reason: row.reason,
    message: row.message,
    raw: row.raw,
  }));
}

/** What became of a replayed line. */
export type ReplayedAs = 'row' | 'duplicate' | 'skipped';

const COUNTERS: Readonly<Record<ReplayedAs, string>> = {
  row: 'row_count',
  duplicate: 'duplicate_count',
  skipped: 'skipped_count',
};

/**
 * Marks a reject as replayed, and moves it to another count of its file, in the transaction that stores its row.
 * @param release the published import, whose count of rows includes the new one.
 */
export async function markReplayed(
  session: Session,
  { id, importId, table, year, member }: StoredReject,
  as: ReplayedAs,
  release: number,
  at: string,
): Promise<void> {
  await session.run('UPDATE etl_import_reject SET replayed_at = ? WHERE id = ?', [at, String(id)]);
  const counter = COUNTERS[as];
  await session.run(
    `UPDATE etl_import_file SET ${counter} = ${counter} + 1, reject_count = reject_count - 1 ` +
      'WHERE import_id = ? AND table_name = ? AND tax_year = ? AND member = ?',
    [String(importId), table, String(year), member],
  );
  if (as !== 'row') return;
  await session.run(
    'UPDATE etl_import_table SET row_count = row_count + 1 WHERE import_id = ? AND table_name = ?',
    [String(release), table],
  );
}

/** Stores why a reject is still one. */
export async function saveRejectReason(
  session: Session,
  id: number,
  { reason, message }: Pick<ImportReject, 'reason' | 'message'>,
): Promise<void> {
  await session.run('UPDATE etl_import_reject SET reason = ?, message = ? WHERE id = ?', [
    reason,
    message,
    String(id),
  ]);
}

/** Deletes rejects of a source, replayed ones too. @param ids undefined: all of them. @returns how many were deleted. */
export async function deleteRejects(
  session: Session,
  source: string,
  ids: readonly number[] | undefined,
): Promise<number> {
  if (ids?.length === 0) return 0;
  const named = ids === undefined ? '' : ` AND id IN (${placeholders(ids.length)})`;
  const { matched } = await session.run(
    `DELETE FROM etl_import_reject WHERE import_id IN (SELECT id FROM etl_import WHERE source = ?)${named}`,
    [source, ...(ids ?? []).map(String)],
  );
  return matched;
}

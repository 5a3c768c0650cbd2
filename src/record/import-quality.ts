import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';

/** A line that could not be a row, and the place that it came from. */
export type ImportReject = {
  readonly table: string;
  readonly year: number;
  readonly archive: string;
  readonly member: string;
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
  readonly message: string;
  readonly raw: string;
};

/** Lines are long: so many fit in a statement. */
const MAX_ROWS = 100;

export async function saveRejects(
  session: Session,
  id: number,
  rejects: readonly ImportReject[],
): Promise<void> {
  for (let start = 0; start < rejects.length; start += MAX_ROWS) {
    const some = rejects.slice(start, start + MAX_ROWS);
    const tuple = `(${placeholders(10)})`;
    await session.run(
      'INSERT INTO etl_import_reject (import_id, table_name, tax_year, archive, member, line_no, byte_offset, reason, message, raw) ' +
        `VALUES ${some.map(() => tuple).join(', ')}`,
      some.flatMap((each) => [
        String(id),
        each.table,
        String(each.year),
        each.archive,
        each.member,
        String(each.line),
        String(each.offset),
        each.reason,
        each.message,
        each.raw,
      ]),
    );
  }
}

/** The result of a quality rule. */
export type ImportCheck = {
  readonly table: string;
  readonly rule: string;
  readonly found: number;
  /** Undefined: there is no limit. */
  readonly allowed: number | undefined;
  readonly isFailed: boolean;
  readonly detail: string | undefined;
};

export async function saveCheck(session: Session, id: number, check: ImportCheck): Promise<void> {
  await session.run(
    'INSERT INTO etl_import_check (import_id, table_name, rule, found, allowed, is_failed, detail) VALUES (?, ?, ?, ?, ?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE found = VALUES(found), allowed = VALUES(allowed), is_failed = VALUES(is_failed), detail = VALUES(detail)',
    [
      String(id),
      check.table,
      check.rule,
      check.found.toFixed(4),
      check.allowed === undefined ? null : String(check.allowed),
      check.isFailed ? '1' : '0',
      check.detail ?? null,
    ],
  );
}

/** Adds to the number of values of a column that could not be converted, in the transaction that stores their rows. */
export async function addUnconverted(
  session: Session,
  id: number,
  table: string,
  {
    column,
    count,
    lines,
  }: { readonly column: string; readonly count: number; readonly lines: readonly number[] },
): Promise<void> {
  await session.run(
    'INSERT INTO etl_import_check (import_id, table_name, rule, found, allowed, is_failed, detail) VALUES (?, ?, ?, ?, NULL, 0, ?) ' +
      'ON DUPLICATE KEY UPDATE found = found + VALUES(found)',
    [String(id), table, `convertible ${column}`, String(count), `lines ${lines.join(', ')}`],
  );
}

export async function readChecks(session: Session, id: number): Promise<ImportCheck[]> {
  const rows = await session.select<{
    table_name: string;
    rule: string;
    found: string;
    allowed: string | null;
    is_failed: number;
    detail: string | null;
  }>(
    'SELECT table_name, rule, found, allowed, is_failed, detail FROM etl_import_check WHERE import_id = ? ORDER BY table_name, rule',
    [String(id)],
  );
  return rows.map((row) => ({
    table: row.table_name,
    rule: row.rule,
    found: Number(row.found),
    allowed: row.allowed === null ? undefined : Number(row.allowed),
    isFailed: row.is_failed === 1,
    detail: row.detail ?? undefined,
  }));
}

/** What changed in a table since the release before. */
export type TableChange = {
  readonly table: string;
  readonly rows: number;
  /** What is counted: rows, or accounts if the rows have no key. */
  readonly unit: string;
  /** Undefined: there is no release before. */
  readonly changes:
    | { readonly added: number; readonly changed: number; readonly unchanged: number; readonly gone: number }
    | undefined;
};

export async function saveTableChange(session: Session, id: number, change: TableChange): Promise<void> {
  const { added, changed, unchanged, gone } = change.changes ?? {};
  await session.run(
    'REPLACE INTO etl_import_table (import_id, table_name, row_count, unit, new_count, changed_count, unchanged_count, gone_count) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [
      String(id),
      change.table,
      String(change.rows),
      change.unit,
      ...[added, changed, unchanged, gone].map((count) => (count === undefined ? null : String(count))),
    ],
  );
}

export async function readTableChanges(session: Session, id: number): Promise<TableChange[]> {
  const rows = await session.select<{
    table_name: string;
    row_count: number;
    unit: string;
    new_count: number | null;
    changed_count: number | null;
    unchanged_count: number | null;
    gone_count: number | null;
  }>(
    'SELECT table_name, row_count, unit, new_count, changed_count, unchanged_count, gone_count FROM etl_import_table ' +
      'WHERE import_id = ? ORDER BY table_name',
    [String(id)],
  );
  return rows.map((row) => ({
    table: row.table_name,
    rows: row.row_count,
    unit: row.unit,
    changes:
      row.new_count === null
        ? undefined
        : {
            added: row.new_count,
            changed: Number(row.changed_count),
            unchanged: Number(row.unchanged_count),
            gone: Number(row.gone_count),
          },
  }));
}

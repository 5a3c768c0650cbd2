import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import type { FieldIssue } from '../model/field-issue.ts';
import type { Row } from '../model/row.ts';

type RowIssues = Pick<Row, 'key' | 'issues'>;

const ROWS_PER_STATEMENT = 100;

/**
 * Stores the field issues of written rows, and deletes issues that their new versions no longer have.
 * @param at `YYYY-MM-DD hh:mm:ss.mmm` UTC.
 */
export async function saveFieldIssues(
  session: Session,
  dataset: string,
  rows: readonly RowIssues[],
  run: number,
  at: string,
): Promise<void> {
  await clearFieldIssues(session, dataset, rows);
  await addFieldIssues(session, dataset, rows, run, at);
}

/** Adds or updates issues. Does not change issues of the rows' other fields. */
export async function addFieldIssues(
  session: Session,
  dataset: string,
  rows: readonly RowIssues[],
  run: number,
  at: string,
): Promise<void> {
  const entries = rows
    .flatMap(({ key, issues }) => issues.map((issue) => ({ key, ...issue })))
    .sort((a, b) => (a.key < b.key || (a.key === b.key && a.field < b.field) ? -1 : 1));
  for (const part of chunk(entries, ROWS_PER_STATEMENT)) {
    await session.run(
      'INSERT INTO etl_field_issue (dataset, record_key, field, rule, action, value, run_id, first_seen, last_seen, times_seen) ' +
        `VALUES ${part.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, 1)').join(', ')} ` +
        'ON DUPLICATE KEY UPDATE rule = VALUES(rule), action = VALUES(action), value = VALUES(value), ' +
        'run_id = VALUES(run_id), last_seen = VALUES(last_seen), times_seen = times_seen + 1',
      part.flatMap(({ key, field, rule, action, value }) => [
        dataset,
        key,
        field,
        rule,
        action,
        value,
        String(run),
        at,
        at,
      ]),
    );
  }
}

/** Deletes stored issues of these rows that no longer exist. */
async function clearFieldIssues(
  session: Session,
  dataset: string,
  rows: readonly RowIssues[],
): Promise<void> {
  if (rows.length === 0) return;
  const [any] = await session.select('SELECT 1 AS one FROM etl_field_issue WHERE dataset = ? LIMIT 1', [
    dataset,
  ]);
  if (any === undefined) return;
  const current = new Map(rows.map(({ key, issues }) => [key, new Set(issues.map(({ field }) => field))]));
  for (const part of chunk([...current.keys()].sort(), 1000)) {
    const stored = await session.select<{ key: string; field: string }>(
      `SELECT record_key AS \`key\`, field FROM etl_field_issue WHERE dataset = ? AND record_key IN (${placeholders(part.length)})`,
      [dataset, ...part],
    );
    for (const { key, field } of stored) {
      if (current.get(key)?.has(field) === true) continue;
      await session.run('DELETE FROM etl_field_issue WHERE dataset = ? AND record_key = ? AND field = ?', [
        dataset,
        key,
        field,
      ]);
    }
  }
}

/** Deletes the issues of removed records. */
export async function deleteFieldIssues(
  session: Session,
  dataset: string,
  keys: readonly string[],
): Promise<void> {
  for (const part of chunk([...keys].sort(), 1000)) {
    await session.run(
      `DELETE FROM etl_field_issue WHERE dataset = ? AND record_key IN (${placeholders(part.length)})`,
      [dataset, ...part],
    );
  }
}

/** Deletes the issues of dropped columns. */
export async function deleteIssuesOfFields(
  session: Session,
  dataset: string,
  fields: readonly string[],
): Promise<void> {
  await session.run(
    `DELETE FROM etl_field_issue WHERE dataset = ? AND field IN (${placeholders(fields.length)})`,
    [dataset, ...fields],
  );
}

/** Counts the fields of stored records that have an issue, by dataset. */
export async function countFieldIssues(session: Session): Promise<Map<string, number>> {
  const rows = await session.select<{ dataset: string; n: number }>(
    'SELECT dataset, COUNT(*) AS n FROM etl_field_issue GROUP BY dataset',
  );
  return new Map(rows.map((row) => [row.dataset, row.n]));
}

/** Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type StoredIssue = FieldIssue & {
  readonly dataset: string;
  readonly key: string;
  readonly run: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly timesSeen: number;
};

const ISSUE_COLUMNS =
  'dataset, record_key AS `key`, field, rule, action, value, run_id AS run, first_seen AS firstSeen, ' +
  'last_seen AS lastSeen, times_seen AS timesSeen';

/** Reads issues, the last seen first. */
export async function listFieldIssues(session: Session, limit: number): Promise<StoredIssue[]> {
  return session.select<StoredIssue>(
    `SELECT ${ISSUE_COLUMNS} FROM etl_field_issue ORDER BY last_seen DESC, dataset, record_key, field LIMIT ${Math.trunc(limit)}`,
  );
}

/** Reads the issues of one record. */
export async function readFieldIssues(
  session: Session,
  dataset: string,
  key: string,
): Promise<StoredIssue[]> {
  return session.select<StoredIssue>(
    `SELECT ${ISSUE_COLUMNS} FROM etl_field_issue WHERE dataset = ? AND record_key = ? ORDER BY field`,
    [dataset, key],
  );
}

export type IssueCount = {
  readonly dataset: string;
  readonly field: string;
  readonly action: FieldIssue['action'];
  readonly records: number;
};

/** Counts records with an issue by field and action, the most frequent first. */
export async function countIssuesByField(session: Session): Promise<IssueCount[]> {
  return session.select<IssueCount>(
    'SELECT dataset, field, action, COUNT(*) AS records FROM etl_field_issue ' +
      'GROUP BY dataset, field, action ORDER BY records DESC, dataset, field, action',
  );
}

import type { Session, SqlValue } from '../db/pool.ts';
import { RowRefusedError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { insertOrUpdate } from './statement.ts';
import { parentFields, timeFields } from '../dataset/reading.ts';

/** Rows are narrow, so more rows per statement do not slow it down. */
const ROWS_PER_STATEMENT = 500;

type RestampOptions = { readonly runId: number; readonly at: string; readonly maxBytes: number };

/**
 * Writes rows with unchanged content: only the fields that a re-stamp changes, which are the version and the dataset's volatile
 * fields. Payloads are not changed.
 * @returns the rows that the server refuses in this form: they must be written as a whole.
 */
export async function restamp(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  { runId, at, maxBytes }: RestampOptions,
): Promise<readonly Row[]> {
  if (rows.length === 0) return [];
  const { columns, replaced, positions } = listRestampColumns(dataset);
  const bind = (row: Row): SqlValue[] => [
    ...positions.map((position) => row.values[position] ?? null),
    row.hash,
    String(runId),
    at,
    at,
  ];
  const weigh = (row: Row): number =>
    positions.reduce((sum, position) => sum + 9 + 3 * (row.values[position]?.length ?? 0), 200);
  const refused: Row[] = [];
  for (const part of chunk(rows, ROWS_PER_STATEMENT, maxBytes, weigh)) {
    try {
      const statement = insertOrUpdate(dataset, dataset.table, columns, replaced, part.length);
      await session.run(statement, part.flatMap(bind));
    } catch (error) {
      if (!(error instanceof RowRefusedError)) throw error;
      refused.push(...part);
    }
  }
  return refused;
}

/** The INSERT must name every NOT NULL column, although the row exists: servers check this first. */
function listRestampColumns(dataset: Dataset) {
  const { key, version, volatile, fields, table } = dataset;
  const moved = new Set([...(version === undefined ? [] : [version]), ...volatile]);
  const named = new Set([key, ...timeFields(dataset), ...parentFields(dataset), ...moved]);
  const positions = fields.flatMap((field, position) =>
    named.has(field.name) && (field.table ?? table) === table ? [position] : [],
  );
  const own = positions.map((position) => fields[position]!);
  return {
    positions,
    columns: [...own.map(({ column }) => column), 'content_hash', 'run_id', 'created_at', 'updated_at'],
    replaced: [
      ...own.filter(({ name }) => moved.has(name)).map(({ column }) => column),
      'run_id',
      'updated_at',
    ],
  };
}

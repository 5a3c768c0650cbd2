import type { Session, SqlValue } from '../db/pool.ts';
import { RowRefusedError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { insertOrUpdate } from './statement.ts';
import { parentFields, timeFields } from '../dataset/reading.ts';

/** Rows are narrow: more of them make a statement no slower. */
const ROWS_PER_STATEMENT = 500;

type RestampOptions = { readonly runId: number; readonly at: string; readonly maxBytes: number };

/**
 * Writes rows whose content is the one that is stored: only what a re-stamp moves, the version and the resource's volatile
 * fields. Their payloads stay as they are.
 * @returns the rows that the server refuses so: they have to be written as a whole.
 */
export async function restamp(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  { runId, at, maxBytes }: RestampOptions,
): Promise<readonly Row[]> {
  if (rows.length === 0) return [];
  const { columns, replaced, places } = listRestampColumns(dataset);
  const bind = (row: Row): SqlValue[] => [
    ...places.map((place) => row.values[place] ?? null),
    row.hash,
    String(runId),
    at,
    at,
  ];
  const weigh = (row: Row): number =>
    places.reduce((sum, place) => sum + 9 + 3 * (row.values[place]?.length ?? 0), 200);
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

/** An INSERT names every column that can't be NULL, although the row is there: servers look before they know. */
function listRestampColumns(dataset: Dataset) {
  const { key, version, volatile, fields, table } = dataset;
  const moved = new Set([...(version === undefined ? [] : [version]), ...volatile]);
  const named = new Set([key, ...timeFields(dataset), ...parentFields(dataset), ...moved]);
  const places = fields.flatMap((field, place) =>
    named.has(field.name) && (field.table ?? table) === table ? [place] : [],
  );
  const own = places.map((place) => fields[place]!);
  return {
    places,
    columns: [...own.map(({ column }) => column), 'content_hash', 'run_id', 'created_at', 'updated_at'],
    replaced: [
      ...own.filter(({ name }) => moved.has(name)).map(({ column }) => column),
      'run_id',
      'updated_at',
    ],
  };
}

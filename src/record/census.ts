import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { fromSqlDateTime, normalizeSqlDateTime, toSqlDateTime } from '../lib/time.ts';

/** Progress of a census. */
export type CensusState = {
  /** The user's filter: a different filter means a different census. */
  readonly filter: string;
  readonly lastKey: string | undefined;
  /** Number of records that the feed reported at the start. */
  readonly announced: number | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
};

/** A record in a census. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type StagedEntry = {
  readonly key: string;
  readonly version: string | null;
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

/** A table to compare with a census. All names come from the code, not from input. */
export type ComparedTable = {
  readonly resource: string;
  readonly table: string;
  readonly key: string;
  /** Undefined if the source sends no timestamps. */
  readonly version: string | undefined;
  /** Columns that can change while the version does not. */
  readonly photos: { readonly changed: string; readonly count: string } | undefined;
};

export async function readCensus(session: Session, resource: string): Promise<CensusState | undefined> {
  const [row] = await session.select<{
    filter: string;
    last_key: string | null;
    announced: number | null;
    began_at: string;
  }>('SELECT filter, last_key, announced, began_at FROM etl_census_state WHERE resource = ?', [resource]);
  return row === undefined
    ? undefined
    : {
        filter: row.filter,
        lastKey: row.last_key ?? undefined,
        announced: row.announced ?? undefined,
        startedAt: fromSqlDateTime(row.began_at),
      };
}

/** Deletes the keys of an earlier census. Works in portions: one statement over millions of rows would lock for minutes. */
export async function clearCensus(session: Session, resource: string): Promise<void> {
  await session.run('DELETE FROM etl_census_state WHERE resource = ?', [resource]);
  for (;;) {
    const { matched } = await session.run('DELETE FROM etl_census WHERE resource = ? LIMIT 20000', [
      resource,
    ]);
    if (matched === 0) return;
  }
}

/** Stores a page's keys and the progress of the census. Must be called in a transaction. */
export async function stageCensus(
  session: Session,
  resource: string,
  entries: readonly StagedEntry[],
  state: CensusState,
): Promise<void> {
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const part of chunk(sorted, 1000)) {
    await session.run(
      'INSERT INTO etl_census (resource, record_key, version_timestamp, photos_changed, photos_count) VALUES ' +
        `${part.map(() => '(?, ?, ?, ?, ?)').join(', ')} ON DUPLICATE KEY UPDATE ` +
        'version_timestamp = VALUES(version_timestamp), photos_changed = VALUES(photos_changed), photos_count = VALUES(photos_count)',
      part.flatMap((entry) => [resource, entry.key, entry.version, entry.photosChanged, entry.photosCount]),
    );
  }
  await session.run(
    'INSERT INTO etl_census_state (resource, filter, last_key, announced, began_at) VALUES (?, ?, ?, ?, ?) ' +
      'ON DUPLICATE KEY UPDATE last_key = VALUES(last_key), announced = VALUES(announced)',
    [
      resource,
      state.filter,
      state.lastKey ?? null,
      state.announced?.toString() ?? null,
      toSqlDateTime(state.startedAt),
    ],
  );
}

export async function countStaged(session: Session, resource: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(
    'SELECT COUNT(*) AS n FROM etl_census WHERE resource = ?',
    [resource],
  );
  return row?.n ?? 0;
}

/** Reads one staged key, if any: it is known to be in the feed. */
export async function readAnyStagedKey(session: Session, resource: string): Promise<string | undefined> {
  const [row] = await session.select<{ key: string }>(
    'SELECT record_key AS `key` FROM etl_census WHERE resource = ? LIMIT 1',
    [resource],
  );
  return row?.key;
}

/**
 * Reads census entries that the table lacks or has in another version, older or newer. Excludes records that are in quarantine
 * in the census's version.
 */
export async function readMissingLocally(
  session: Session,
  compared: ComparedTable,
  after: string,
  limit: number,
): Promise<StagedEntry[]> {
  const { resource, table, key, version, photos } = compared;
  const isVersionOther = version === undefined ? '' : `OR NOT (t.${version} <=> c.version_timestamp) `;
  const arePhotosOther =
    photos === undefined
      ? ''
      : `OR NOT (t.${photos.changed} <=> c.photos_changed AND t.${photos.count} <=> c.photos_count) `;
  const rows = await session.select<Omit<StagedEntry, 'photosCount'> & { photosCount: number | null }>(
    'SELECT c.record_key AS `key`, c.version_timestamp AS version, c.photos_changed AS photosChanged, ' +
      `c.photos_count AS photosCount FROM etl_census c LEFT JOIN ${table} t ON t.${key} = c.record_key ` +
      'LEFT JOIN etl_quarantine q ON q.resource = c.resource AND q.record_key = c.record_key ' +
      'AND (c.version_timestamp IS NULL OR q.version_timestamp = c.version_timestamp) ' +
      'WHERE c.resource = ? AND c.record_key > ? AND q.record_key IS NULL ' +
      `AND (t.${key} IS NULL OR t.deleted_at IS NOT NULL ${isVersionOther}${arePhotosOther}) ` +
      `ORDER BY c.record_key LIMIT ${Math.trunc(limit)}`,
    [resource, after],
  );
  return rows.map((row) => ({
    key: row.key,
    version: normalizeTime(row.version),
    photosChanged: normalizeTime(row.photosChanged),
    photosCount: row.photosCount === null ? null : String(row.photosCount),
  }));
}

function normalizeTime(text: string | null): string | null {
  return text === null ? null : normalizeSqlDateTime(text);
}

/** Reads keys that the table has, not deleted, and the census lacks. */
export async function readMissingUpstream(
  session: Session,
  compared: ComparedTable,
  after: string,
  limit: number,
): Promise<string[]> {
  const { resource, table, key } = compared;
  const rows = await session.select<{ key: string }>(
    `SELECT t.${key} AS \`key\` FROM ${table} t LEFT JOIN etl_census c ON c.resource = ? AND c.record_key = t.${key} ` +
      `WHERE t.${key} > ? AND t.deleted_at IS NULL AND c.record_key IS NULL ` +
      `ORDER BY t.${key} LIMIT ${Math.trunc(limit)}`,
    [resource, after],
  );
  return rows.map((row) => row.key);
}

/** @param expected excludes records that were expected to disappear: their end, in this column, is before this time. */
export async function countMissingUpstream(
  session: Session,
  compared: ComparedTable,
  expected?: { readonly column: string; readonly before: string },
): Promise<number> {
  const { resource, table, key } = compared;
  const isNot = expected === undefined ? '' : ` AND NOT COALESCE(t.${expected.column} < ?, FALSE)`;
  const [row] = await session.select<{ n: number }>(
    `SELECT COUNT(*) AS n FROM ${table} t LEFT JOIN etl_census c ON c.resource = ? AND c.record_key = t.${key} ` +
      `WHERE t.deleted_at IS NULL AND c.record_key IS NULL${isNot}`,
    [resource, ...(expected === undefined ? [] : [expected.before])],
  );
  return row?.n ?? 0;
}

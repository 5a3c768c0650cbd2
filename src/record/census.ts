import type { Session } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { fromSqlDateTime, normalizeSqlDateTime, toSqlDateTime } from '../lib/time.ts';

/** How far a census has come. */
export type CensusState = {
  /** The user's filter: another one is another census. */
  readonly filter: string;
  readonly lastKey: string | undefined;
  /** What the feed said at the beginning that there are. */
  readonly announced: number | undefined;
  /** Milliseconds since the epoch. */
  readonly beganAt: number;
};

type Entry = {
  readonly key: string;
  readonly version: string | null;
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

/** A table that a census is compared with, by names from src/resources. */
export type Compared = {
  readonly resource: string;
  readonly table: string;
  readonly key: string;
  /** Undefined if the source sends no time with its records. */
  readonly version: string | undefined;
  /** Columns that can move without the version. */
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
        beganAt: fromSqlDateTime(row.began_at),
      };
}

/** Forgets the keys of an earlier census. In portions: one statement over millions of rows would lock for minutes. */
export async function clearCensus(session: Session, resource: string): Promise<void> {
  await session.run('DELETE FROM etl_census_state WHERE resource = ?', [resource]);
  for (;;) {
    const { matched } = await session.run('DELETE FROM etl_census WHERE resource = ? LIMIT 20000', [
      resource,
    ]);
    if (matched === 0) return;
  }
}

/** Keeps a page's keys and how far the census has come. To be called in a transaction. */
export async function stageCensus(
  session: Session,
  resource: string,
  entries: readonly Entry[],
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
      toSqlDateTime(state.beganAt),
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

/** One staged key, if there is any: known to be in the feed. */
export async function anyStaged(session: Session, resource: string): Promise<string | undefined> {
  const [row] = await session.select<{ key: string }>(
    'SELECT record_key AS `key` FROM etl_census WHERE resource = ? LIMIT 1',
    [resource],
  );
  return row?.key;
}

/** What the census has of a record; times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type Listed = {
  readonly key: string;
  readonly version: string | null;
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

/**
 * What the census has and the table lacks, or has in another version, older or newer; not those that quarantine holds
 * in the census's version.
 */
export async function missingHere(
  session: Session,
  compared: Compared,
  after: string,
  most: number,
): Promise<Listed[]> {
  const { resource, table, key, version, photos } = compared;
  const isVersionOther = version === undefined ? '' : `OR NOT (t.${version} <=> c.version_timestamp) `;
  const arePhotosOther =
    photos === undefined
      ? ''
      : `OR NOT (t.${photos.changed} <=> c.photos_changed AND t.${photos.count} <=> c.photos_count) `;
  const rows = await session.select<Omit<Listed, 'photosCount'> & { photosCount: number | null }>(
    'SELECT c.record_key AS `key`, c.version_timestamp AS version, c.photos_changed AS photosChanged, ' +
      `c.photos_count AS photosCount FROM etl_census c LEFT JOIN ${table} t ON t.${key} = c.record_key ` +
      'LEFT JOIN etl_quarantine q ON q.resource = c.resource AND q.record_key = c.record_key ' +
      'AND (c.version_timestamp IS NULL OR q.version_timestamp = c.version_timestamp) ' +
      'WHERE c.resource = ? AND c.record_key > ? AND q.record_key IS NULL ' +
      `AND (t.${key} IS NULL OR t.deleted_at IS NOT NULL ${isVersionOther}${arePhotosOther}) ` +
      `ORDER BY c.record_key LIMIT ${Math.trunc(most)}`,
    [resource, after],
  );
  return rows.map((row) => ({
    key: row.key,
    version: sqlTime(row.version),
    photosChanged: sqlTime(row.photosChanged),
    photosCount: row.photosCount === null ? null : String(row.photosCount),
  }));
}

function sqlTime(text: string | null): string | null {
  return text === null ? null : normalizeSqlDateTime(text);
}

/** Keys that the table has, not deleted, and the census has not. */
export async function absentUpstream(
  session: Session,
  compared: Compared,
  after: string,
  most: number,
): Promise<string[]> {
  const { resource, table, key } = compared;
  const rows = await session.select<{ key: string }>(
    `SELECT t.${key} AS \`key\` FROM ${table} t LEFT JOIN etl_census c ON c.resource = ? AND c.record_key = t.${key} ` +
      `WHERE t.${key} > ? AND t.deleted_at IS NULL AND c.record_key IS NULL ` +
      `ORDER BY t.${key} LIMIT ${Math.trunc(most)}`,
    [resource, after],
  );
  return rows.map((row) => row.key);
}

/** @param expected leaves out what was expected to go: its end, in this column, was before this time. */
export async function countAbsent(
  session: Session,
  compared: Compared,
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

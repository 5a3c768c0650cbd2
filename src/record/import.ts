import type { Session } from '../db/pool.ts';
import type { Archive } from '../model/archive.ts';
import { FencedError } from '../errors.ts';

/**
 * `loading`: its tables are being staged. `ready`: they are complete and were examined. `refused`: they differ too much from
 * the last release. `published`: its tables have the published names. `kept`: an earlier release, for a rollback.
 * `rolled-back`: another release took its place by a rollback. `dropped`: its tables are gone.
 */
export type ImportState = 'loading' | 'ready' | 'refused' | 'published' | 'kept' | 'rolled-back' | 'dropped';

export type Import = {
  readonly id: number;
  readonly source: string;
  readonly state: ImportState;
  /** The tables and columns that were configured. */
  readonly shape: string;
  readonly archives: readonly Archive[];
  /** The import that loaded each table of the release. */
  readonly tables: Readonly<Record<string, number>>;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly startedAt: string;
  readonly publishedAt: string | null;
  readonly message: string | null;
};

type ImportRow = {
  id: number;
  source: string;
  state: ImportState;
  shape: string;
  archives: string;
  tables: string;
  started_at: string;
  published_at: string | null;
  message: string | null;
};

/** Reads the imports of a source that still have tables, newest first; of all sources if none is named. */
export async function readImports(session: Session, source?: string): Promise<Import[]> {
  const rows = await session.select<ImportRow>(
    'SELECT id, source, state, shape, archives, tables, started_at, published_at, message FROM etl_import ' +
      `WHERE state <> 'dropped'${source === undefined ? '' : ' AND source = ?'} ORDER BY id DESC`,
    source === undefined ? [] : [source],
  );
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    state: row.state,
    shape: row.shape,
    archives: JSON.parse(row.archives) as Archive[],
    tables: JSON.parse(row.tables) as Record<string, number>,
    startedAt: row.started_at,
    publishedAt: row.published_at,
    message: row.message,
  }));
}

export type NewImport = Pick<Import, 'source' | 'shape' | 'archives'> & { readonly run: number };

/** Opens an import. Its tables are set with `saveTables`, when its id is known. */
export async function openImport(session: Session, opened: NewImport, at: string): Promise<number> {
  const { id } = await session.run(
    'INSERT INTO etl_import (source, run_id, state, shape, archives, tables, started_at, updated_at) ' +
      "VALUES (?, ?, 'loading', ?, ?, '{}', ?, ?)",
    [opened.source, String(opened.run), opened.shape, JSON.stringify(opened.archives), at, at],
  );
  return id;
}

export async function saveTables(
  session: Session,
  id: number,
  tables: Import['tables'],
  at: string,
): Promise<void> {
  await session.run('UPDATE etl_import SET tables = ?, updated_at = ? WHERE id = ?', [
    JSON.stringify(tables),
    at,
    String(id),
  ]);
}

/** The message of a published import whose parcels are not up to date yet: the next run brings them up to date. */
export const PARCELS_PENDING = 'its parcels are not up to date yet';

export async function setImportState(
  session: Session,
  id: number,
  state: ImportState,
  at: string,
  message: string | null = null,
): Promise<void> {
  const published = state === 'published' ? ', published_at = ?' : '';
  await session.run(`UPDATE etl_import SET state = ?, message = ?, updated_at = ?${published} WHERE id = ?`, [
    state,
    message,
    at,
    ...(state === 'published' ? [at] : []),
    String(id),
  ]);
}

export async function clearImportMessage(session: Session, id: number, at: string): Promise<void> {
  await session.run('UPDATE etl_import SET message = NULL, updated_at = ? WHERE id = ?', [at, String(id)]);
}

/** How far a file was loaded. Lines = rows + rejects + skipped + duplicates. */
export type FileProgress = {
  readonly table: string;
  readonly year: number;
  readonly archive: string;
  readonly member: string;
  readonly lines: number;
  readonly offset: number;
  readonly rows: number;
  readonly rejects: number;
  readonly skipped: number;
  readonly duplicates: number;
  readonly isComplete: boolean;
};

type FileRow = {
  table_name: string;
  tax_year: number;
  archive: string;
  member: string;
  line_count: number;
  byte_offset: number;
  row_count: number;
  reject_count: number;
  skipped_count: number;
  duplicate_count: number;
  is_complete: number;
};

export async function readFileProgress(session: Session, id: number): Promise<FileProgress[]> {
  const rows = await session.select<FileRow>(
    'SELECT table_name, tax_year, archive, member, line_count, byte_offset, row_count, reject_count, skipped_count, ' +
      'duplicate_count, is_complete FROM etl_import_file WHERE import_id = ?',
    [String(id)],
  );
  return rows.map((row) => ({
    table: row.table_name,
    year: row.tax_year,
    archive: row.archive,
    member: row.member,
    lines: row.line_count,
    offset: row.byte_offset,
    rows: row.row_count,
    rejects: row.reject_count,
    skipped: row.skipped_count,
    duplicates: row.duplicate_count,
    isComplete: row.is_complete === 1,
  }));
}

/**
 * Moves a file's place, in the transaction that stores its rows.
 * @param from the place that the caller started at; undefined: the file has no row yet.
 * @throws FencedError if the stored place is another one.
 */
export async function moveFile(
  session: Session,
  id: number,
  from: FileProgress | undefined,
  to: FileProgress,
  at: string,
): Promise<void> {
  const counts = [to.lines, to.offset, to.rows, to.rejects, to.skipped, to.duplicates, to.isComplete ? 1 : 0];
  const key = [String(id), to.table, String(to.year), to.member];
  if (from === undefined) {
    await session.run(
      'INSERT INTO etl_import_file (import_id, table_name, tax_year, member, archive, line_count, byte_offset, row_count, ' +
        'reject_count, skipped_count, duplicate_count, is_complete, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [...key, to.archive, ...counts.map(String), at],
    );
    return;
  }
  const { matched } = await session.run(
    'UPDATE etl_import_file SET line_count = ?, byte_offset = ?, row_count = ?, reject_count = ?, skipped_count = ?, ' +
      'duplicate_count = ?, is_complete = ?, updated_at = ? WHERE import_id = ? AND table_name = ? AND tax_year = ? ' +
      'AND member = ? AND byte_offset = ? AND is_complete = 0',
    [...counts.map(String), at, ...key, String(from.offset)],
  );
  if (matched === 1) return;
  throw new FencedError(`another run is loading ${to.member} into ${to.table}`, { op: 'stage' });
}

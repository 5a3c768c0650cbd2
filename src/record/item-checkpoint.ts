import type { Session } from '../db/pool.ts';
import { fromSqlDateTime, toSqlDateTime } from '../lib/time.ts';

/** How far a source was read, in its own terms. Parts are JSON as text. */
export type CheckpointText = {
  readonly kind: string;
  readonly value: string | null;
  readonly position: string | null;
  readonly validators: string;
};

/** What etl_checkpoints has of a source. Times are milliseconds since the epoch. */
export type ItemState = {
  readonly sourceType: string;
  /** Undefined: it starts from the beginning. */
  readonly checkpoint: CheckpointText | undefined;
  readonly readShape: string | undefined;
  readonly mapShape: string | undefined;
  /** What shares failures with other sources. */
  readonly server: string | undefined;
  /** Runs that failed in a row, of all sources with this server. */
  readonly failures: number;
  readonly openedUntil: number | undefined;
  readonly notBefore: number | undefined;
  readonly goneAt: number | undefined;
  readonly lastSuccess: number | undefined;
  readonly lastFailure: number | undefined;
  readonly lastError: string | undefined;
  readonly warnings: readonly string[];
  /** The last run ended before the end of the source, or waits for a file: the next sync reads on. */
  readonly isUnfinished: boolean;
  /** Milliseconds that the server wants between two reads. */
  readonly minPause: number | undefined;
};

type StateRow = Record<
  | 'source_name'
  | 'source_type'
  | 'kind'
  | 'value'
  | 'position'
  | 'validators'
  | 'read_shape'
  | 'map_shape'
  | 'server'
  | 'opened_until'
  | 'not_before'
  | 'gone_at'
  | 'last_success'
  | 'last_failure'
  | 'last_error'
  | 'warnings',
  string | null
> & { failures: number; unfinished: number; min_pause: number | null };

const COLUMNS =
  'source_name, source_type, kind, value, position, validators, read_shape, map_shape, server, failures, opened_until, ' +
  'not_before, gone_at, last_success, last_failure, last_error, warnings, unfinished, min_pause';

export const NEW_STATE: Omit<ItemState, 'sourceType'> = {
  checkpoint: undefined,
  readShape: undefined,
  mapShape: undefined,
  server: undefined,
  failures: 0,
  openedUntil: undefined,
  notBefore: undefined,
  goneAt: undefined,
  lastSuccess: undefined,
  lastFailure: undefined,
  lastError: undefined,
  warnings: [],
  isUnfinished: false,
  minPause: undefined,
};

/** Reads the state of a source; undefined if no run of it has stored one. */
export async function readItemState(session: Session, source: string): Promise<ItemState | undefined> {
  const [row] = await session.select<StateRow>(
    `SELECT ${COLUMNS} FROM etl_checkpoints WHERE source_name = ?`,
    [source],
  );
  return row === undefined ? undefined : toState(row);
}

/** Reads the states of all sources, by name. */
export async function readItemStates(session: Session): Promise<ReadonlyMap<string, ItemState>> {
  const rows = await session.select<StateRow>(`SELECT ${COLUMNS} FROM etl_checkpoints ORDER BY source_name`);
  return new Map(rows.map((row) => [row.source_name ?? '', toState(row)]));
}

function parseTime(text: string | null): number | undefined {
  return text === null ? undefined : fromSqlDateTime(text);
}

function formatTime(ms: number | undefined): string | null {
  return ms === undefined ? null : toSqlDateTime(ms);
}

function toState(row: StateRow): ItemState {
  const { kind, value, position, validators } = row;
  return {
    sourceType: row.source_type ?? '',
    checkpoint: kind === null ? undefined : { kind, value, position, validators: validators ?? '{}' },
    readShape: row.read_shape ?? undefined,
    mapShape: row.map_shape ?? undefined,
    server: row.server ?? undefined,
    failures: row.failures,
    openedUntil: parseTime(row.opened_until),
    notBefore: parseTime(row.not_before),
    goneAt: parseTime(row.gone_at),
    lastSuccess: parseTime(row.last_success),
    lastFailure: parseTime(row.last_failure),
    lastError: row.last_error ?? undefined,
    warnings: row.warnings === null ? [] : (JSON.parse(row.warnings) as string[]),
    isUnfinished: row.unfinished === 1,
    minPause: row.min_pause === null ? undefined : row.min_pause * 1000,
  };
}

/** Stores the state of a source. @param by the run, and the time as `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export async function saveItemState(
  session: Session,
  source: string,
  state: ItemState,
  by: { readonly run: number; readonly at: string },
): Promise<void> {
  const { checkpoint, warnings } = state;
  const values = [
    state.sourceType,
    checkpoint?.kind ?? null,
    checkpoint?.value ?? null,
    checkpoint?.position ?? null,
    checkpoint?.validators ?? null,
    state.readShape ?? null,
    state.mapShape ?? null,
    state.server ?? null,
    String(state.failures),
    ...[state.openedUntil, state.notBefore, state.goneAt, state.lastSuccess, state.lastFailure].map(
      formatTime,
    ),
    state.lastError?.slice(0, 4000) ?? null,
    warnings.length === 0 ? null : JSON.stringify(warnings),
    state.isUnfinished ? '1' : '0',
    state.minPause === undefined ? null : String(Math.ceil(state.minPause / 1000)),
    String(by.run),
    by.at,
  ];
  const names = `${COLUMNS.replace('source_name, ', '')}, run_id, updated_at`.split(', ');
  await session.run(
    `INSERT INTO etl_checkpoints (source_name, ${names.map((name) => `\`${name}\``).join(', ')}) ` +
      `VALUES (?, ${names.map(() => '?').join(', ')}) ` +
      `ON DUPLICATE KEY UPDATE ${names.map((name) => `\`${name}\` = VALUES(\`${name}\`)`).join(', ')}`,
    [source, ...values],
  );
}

/** Reads the failures of a server: those of all sources that have it. */
export async function readServerFailures(session: Session, server: string): Promise<number> {
  const [row] = await session.select<{ n: number | null }>(
    'SELECT MAX(failures) AS n FROM etl_checkpoints WHERE server = ?',
    [server],
  );
  return row?.n ?? 0;
}

/** Stores the failures of a server in every source that has it. */
export async function saveServerFailures(
  session: Session,
  server: string,
  failures: number,
  openedUntil: number | undefined,
): Promise<void> {
  await session.run('UPDATE etl_checkpoints SET failures = ?, opened_until = ? WHERE server = ?', [
    String(failures),
    openedUntil === undefined ? null : toSqlDateTime(openedUntil),
    server,
  ]);
}

/** Columns that stay after a reset: the row itself belongs to the runs of the source (etl_runs). */
const KEPT_COLUMNS: ReadonlySet<string> = new Set(['source_name', 'source_type', 'failures', 'unfinished']);

/**
 * Forgets the checkpoint and all that keeps a source from being requested. Items stay.
 * @param type of the source now.
 * @returns whether anything was stored.
 */
export async function resetItemState(session: Session, source: string, type: string): Promise<boolean> {
  const names = COLUMNS.split(', ').filter((name) => !KEPT_COLUMNS.has(name));
  const { matched } = await session.run(
    `UPDATE etl_checkpoints SET ${names.map((name) => `\`${name}\` = NULL`).join(', ')}, failures = 0, unfinished = 0, source_type = ? ` +
      'WHERE source_name = ? AND (kind IS NOT NULL OR server IS NOT NULL OR last_failure IS NOT NULL OR map_shape IS NOT NULL)',
    [type, source],
  );
  return matched > 0;
}

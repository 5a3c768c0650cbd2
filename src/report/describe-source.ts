import type { ItemState } from '../record/item-checkpoint.ts';
import type { LoggedRun } from '../record/run-log.ts';
import { decidePermission } from '../run/items/breaker.ts';
import { isSameRead, type ItemReader } from '../sources/items.ts';

export type Condition = {
  readonly state: 'ok' | 'failing' | 'paused' | 'gone';
  /** Milliseconds since the epoch; undefined unless it is paused. */
  readonly until: number | undefined;
  /** What the user should know, each as one sentence. */
  readonly notes: readonly string[];
};

/** Decides whether a source of items is well, from what its last runs stored and from its present configuration. */
export function describeSource(
  source: string,
  stored: ItemState,
  reader: Pick<ItemReader, 'type' | 'readShape' | 'formerReadShape' | 'mapShape'>,
  now: number,
): Condition {
  const { failures, lastError, mapShape, readShape } = stored;
  const error = failures === 0 || lastError === undefined ? [] : [lastError];
  const changes = [
    ...(stored.sourceType === reader.type ? [] : [describeOtherType(source, reader.type)]),
    ...(mapShape === undefined || mapShape === reader.mapShape
      ? []
      : [`mapping changed: run trestle-etl reprocess ${source}`]),
    ...(isSameRead(readShape, reader)
      ? []
      : [
          `address, external_id or another key of what is read changed: trestle-etl full-load ${source} reads everything again`,
        ]),
    ...currentWarnings(source, stored, reader),
  ];
  const permission = decidePermission(stored, now, false);
  if (permission.kind === 'gone') {
    const since = formatTime(permission.since);
    const note = `gone since ${since} UTC: trestle-etl sources reset ${source} requests it again`;
    return { state: 'gone', until: undefined, notes: [note, ...changes] };
  }
  if (permission.kind === 'pause') {
    const { until, reason } = permission;
    const why = reason === 'server' ? 'because the server asked for it' : `after ${countFailures(failures)}`;
    const command = `trestle-etl ${reason === 'server' ? 'full-load' : 'sync'} ${source}`;
    const note = `paused until ${formatTime(until)} UTC ${why}: ${command} tries now`;
    return { state: 'paused', until, notes: [note, ...error, ...changes] };
  }
  // Failures are those of all sources with this server; the error is its own.
  if (failures === 0 || lastError === undefined) return { state: 'ok', until: undefined, notes: changes };
  return {
    state: 'failing',
    until: undefined,
    notes: [`${countFailures(failures)} in a row`, ...error, ...changes],
  };
}

/** A run can fail for a reason that is none of the server's, such as a wrong configuration. */
export function withFailedRun(condition: Condition, run: EndedRun | undefined): Condition {
  if (condition.state !== 'ok' || run?.status !== 'failed') return condition;
  return { ...condition, state: 'failing', notes: [...new Set([...errorOf(run), ...condition.notes])] };
}

export type EndedRun = Pick<LoggedRun, 'status' | 'error_message'>;

export function errorOf(run: EndedRun | undefined): string[] {
  return run?.status === 'failed' && run.error_message !== null ? [run.error_message] : [];
}

/** Warnings of the last run, unless the entry was changed since in what they are about. */
function currentWarnings(
  source: string,
  { warnings, mapShape, readShape }: ItemState,
  reader: Pick<ItemReader, 'readShape' | 'formerReadShape' | 'mapShape'>,
): string[] {
  if (!isSameRead(readShape, reader)) return [];
  const isOtherMapping = mapShape !== undefined && mapShape !== reader.mapShape;
  return warnings.filter(
    (warning) =>
      !isDescribedHere(warning, source) &&
      !(isOtherMapping && warning.includes(`Correct the mapping of ${source}`)),
  );
}

/** Warnings of the last run that are described by the present state: a reset or a reprocess may have ended their reason. */
function isDescribedHere(warning: string, source: string): boolean {
  return [`trestle-etl reprocess ${source}`, `trestle-etl sources reset ${source}`].some((command) =>
    warning.includes(command),
  );
}

/** Names the source of a note, unless the note begins with its name. */
export function nameNote(source: string, note: string): string {
  return note.startsWith(`${source}: `) ? note : `${source}: ${note}`;
}

function describeOtherType(source: string, type: string): string {
  return `type changed to ${type}: trestle-etl sources reset ${source} deletes what is stored of the former type`;
}

function countFailures(failures: number): string {
  return `${failures} failed run${failures === 1 ? '' : 's'}`;
}

/** `2026-03-19 22:00`, UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

import { fitText } from '../../../lib/fit-text.ts';
import { formatInteger } from '../../../lib/number.ts';
import { formatTable } from '../../../lib/table.ts';
import { nameNote } from '../../../report/describe-source.ts';
import { describeRemoved, listRemovals, type RemovedSource } from '../../shared/removed-sources.ts';
import type { SourceReport } from '../../../report/source-report.ts';

const HEAD = [
  'source',
  'type',
  'last run (UTC)',
  'status',
  'checkpoint',
  'items',
  'unmapped',
  'due',
  'state',
];

/** Formats the sources for people: a line for each, then what needs attention. @param now as ISO 8601. */
export function formatSources(reports: readonly SourceReport[], now: string): string {
  if (reports.length === 0) return 'no source is configured';
  const rows = reports.map(({ source, type, lastRun, checkpoint, items, unmapped, dueAt, state }) => [
    source,
    type ?? '',
    lastRun === null ? 'never' : formatTime(lastRun.startedAt),
    lastRun?.status ?? '',
    checkpoint === null ? '' : fitText(checkpoint, 24),
    items === null ? '' : formatInteger(items),
    unmapped === null ? '' : formatInteger(unmapped),
    dueAt === null ? '' : dueAt <= now ? 'now' : formatTime(dueAt),
    state,
  ]);
  const notes = reports.flatMap(({ source, notes: own }) => own.map((note) => nameNote(source, note)));
  return [
    ...formatTable([HEAD, ...rows], new Set([5, 6])),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n');
}

/** Formats what is stored of sources that are not configured any more, with the statements that delete it. */
export function formatRemoved(removed: readonly RemovedSource[]): string[] {
  return removed.flatMap((each) => [
    '',
    `${describeRemoved(each)}. If it is not needed, in SQL:`,
    ...listRemovals(each).map((statement) => `  ${statement}`),
  ]);
}

/** Reports a source that is not configured any more like those that are. */
export function reportRemoved(removed: RemovedSource): SourceReport {
  const { source, type, items, deleted, unmapped } = removed;
  return {
    source,
    type,
    lastRun: null,
    succeededAt: null,
    checkpoint: null,
    items,
    deleted,
    unmapped,
    failures: null,
    dueAt: null,
    state: 'removed',
    pausedUntil: null,
    notes: [describeRemoved(removed)],
  };
}

function formatTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

import { formatDuration } from '../../lib/duration.ts';
import { fitText } from '../../lib/fit-text.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import { nameNote } from '../../report/describe-source.ts';
import type { SourceReport } from '../../report/source-report.ts';

const HEAD = ['source', 'type', 'items', 'unmapped', 'last success', 'checkpoint', 'due', 'state'];

/** Formats the sources of items for people, and below them what needs attention. @param now milliseconds. */
export function formatItems(reports: readonly SourceReport[], now: number): string[] {
  const rows = reports.map(({ source, type, items, unmapped, succeededAt, checkpoint, dueAt, state }) => [
    source,
    type ?? '',
    items === null ? '' : formatInteger(items),
    unmapped === null ? '' : formatInteger(unmapped),
    succeededAt === null ? 'never' : `${formatDuration(Math.max(0, now - Date.parse(succeededAt)))} ago`,
    checkpoint === null ? '' : fitText(checkpoint, 24),
    dueAt === null ? '' : formatDue(Date.parse(dueAt), now),
    state,
  ]);
  const notes = reports.flatMap(({ source, notes: own }) => own.map((note) => nameNote(source, note)));
  return [...formatTable([HEAD, ...rows], new Set([2, 3])), ...notes];
}

function formatDue(at: number, now: number): string {
  return at <= now ? 'next sync' : `in ${formatDuration(at - now)}`;
}

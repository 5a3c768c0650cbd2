import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import type { SourceReport } from '../../report/source-report.ts';

/** What runs of sources of items would take, as `plan --json` prints it. Times are ISO 8601. */
export type PlannedItems = {
  readonly mode: string;
  readonly at: string;
  /** Requests that were sent to find this. */
  readonly asked: number;
  readonly sources: readonly (Pick<SourceReport, 'source' | 'type' | 'state' | 'checkpoint' | 'dueAt'> & {
    /** The averages of `runs` earlier runs; null if there was none. */
    readonly requests: number | null;
    readonly records: number | null;
    readonly ms: number | null;
    readonly runs: number;
  })[];
};

const HEAD = ['source', 'requests', 'records', 'time', 'as in', 'due', 'state'];

export function formatItemsPlan({ mode, at, sources }: PlannedItems): string {
  const rows = sources.map(({ source, requests, records, ms, runs, dueAt, state }) => [
    source,
    requests === null ? '?' : formatInteger(requests),
    records === null ? '?' : formatInteger(records),
    ms === null ? '?' : formatDuration(ms),
    runs === 0 ? 'no run yet' : runs === 1 ? 'the last run' : `the last ${runs} runs`,
    formatDue(dueAt, at),
    state,
  ]);
  const isNew = sources.some(({ runs }) => runs === 0);
  return [
    `${mode}, as in earlier runs (found without a request):`,
    ...formatTable([HEAD, ...rows], new Set([1, 2])),
    ...(isNew ? ['a source without a run: trestle-etl sources test NAME reads two pages of it'] : []),
  ].join('\n');
}

function formatDue(dueAt: string | null, at: string): string {
  if (dueAt === null) return '';
  const wait = Date.parse(dueAt) - Date.parse(at);
  return wait <= 0 ? 'now' : `in ${formatDuration(wait)}`;
}

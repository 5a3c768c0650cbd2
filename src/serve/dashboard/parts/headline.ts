import type { Overview } from '../../../report/overview.ts';
import { findRhythm } from '../find-rhythm.ts';
import { formatAgo, formatCount, formatSqlTime, roundDuration } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { State } from '../state.ts';
import { fromSqlDateTime } from '../../../lib/time.ts';
import { renderCommand } from './facts.ts';

/** The answer to the first question: are the tables in step? */
export function renderHeadline(state: State, overview: Overview, now: number): Html {
  const facts = overview.hasTables ? [...listFeedFacts(overview, now), ...describeActive(overview, now)] : [];
  return html`<div class="headline">
    <h1 class="${state.level}"><span class="dot" aria-hidden="true"></span><span>${state.sentence}</span></h1>
    ${
      facts.length === 0
        ? ''
        : html`<ul class="facts">
            ${facts.map((fact) => html`<li>${fact}</li>`)}
          </ul>`
    }
    ${state.notes.map((note) => html`<p class="note">${note}</p>`)}
    ${state.command === undefined ? '' : html`<p class="note">Next: ${renderCommand(state.command)}</p>`}
  </div>`;
}

function listFeedFacts({ feed, status, syncStarts }: Overview, now: number): Content[] {
  if (feed === null || status.ageSeconds === null) return [];
  const { reconciledSeconds: reconciled } = status;
  const rhythm = findRhythm(syncStarts, now);
  return [
    reconciled === null
      ? html`deletions never checked: ${renderCommand('trestle-etl reconcile')}`
      : `deletions checked ${formatAgo(reconciled * 1000 + now - Date.parse(status.at))}`,
    ...(rhythm === undefined ? [] : [describeNext(rhythm, now)]),
  ];
}

/** The crontab is not known here: the next run is expected when it usually starts. */
function describeNext(
  { usual, next, late }: NonNullable<ReturnType<typeof findRhythm>>,
  now: number,
): string {
  const every = `usually every ${roundDuration(usual)}`;
  if (late > 0) return `next sync: ${roundDuration(late)} late, ${every}`;
  return next <= now ? `next sync: now, ${every}` : `next sync in ${roundDuration(next - now)}, ${every}`;
}

/** What is left of the dataset that is being read. Others may follow. @param rate records a minute. */
function describeRemaining(run: Overview['status']['runs'][number], rate: number): string {
  const found = Object.entries(run.detail ?? {}).findLast(([, detail]) => (detail.remaining ?? 0) > 0);
  if (found === undefined) return '';
  const [name, { remaining = 0 }] = found;
  const time = rate === 0 ? '' : `, about ${roundDuration((remaining / rate) * 60_000)}`;
  return `; ${formatCount(remaining)} of ${name} remain${time}`;
}

/** Runs that are active, and those that found another one active. */
function describeActive({ status }: Overview, now: number): Content[] {
  const active = status.runs.filter((run) => run.status === 'running');
  const [last] = status.runs;
  const facts: Content[] = active.map((run) => {
    const ms = now - fromSqlDateTime(run.sync_start);
    const rate = ms > 0 ? Math.round((run.records_processed * 60_000) / ms) : 0;
    return html`<a href="/runs/${run.id}">run ${run.id}</a> (${run.mode} of ${run.source}) has run for
      ${roundDuration(ms)}: ${formatCount(run.records_processed)} records, ${formatCount(rate)} a
      minute${describeRemaining(run, rate)}`;
  });
  return last?.status === 'skipped'
    ? [...facts, html`the last start, ${formatSqlTime(last.sync_start)}, found another run active`]
    : facts;
}

import type { Overview } from '../../../report/overview.ts';
import { roundDuration } from '../format.ts';
import { type Html, html } from '../html.ts';
import { measureRun, type Run } from '../parts/runs-table.ts';
import { renderFigure } from './figure.ts';
import { drawBars, drawPicture } from './svg.ts';
import { fromSqlDateTime } from '../../../lib/time.ts';

/** The lowest bar, so that a run of a moment is seen. */
const MIN_SHARE = 0.04;
const BAR = 0.009;

/** The last runs in time: as high as they took long, in the colour of their outcome. Each leads to its page. */
export function renderRunBars({ runs }: Overview['status'], now: number): Html {
  const shown = runs.toReversed();
  const longest = Math.max(1, ...shown.map((run) => measureRun(run, now)));
  const start = shown[0] === undefined ? now : fromSqlDateTime(shown[0].sync_start);
  const width = Math.max(1, now - start);
  const bars = shown.map((run) => ({
    x: ((fromSqlDateTime(run.sync_start) - start) / width) * (1 - BAR),
    parts: [{ share: Math.max(MIN_SHARE, measureRun(run, now) / longest), kind: run.status }],
    title: `run ${run.id}, ${run.mode} of ${run.source}, ${run.sync_start.slice(0, 16)} UTC: ${run.status}, ${roundDuration(measureRun(run, now))}`,
    href: `/runs/${run.id}`,
  }));
  return renderFigure({
    id: 'runs',
    title: runs.length > 1 ? `Runs, last ${runs.length}` : 'Runs',
    summary: describeOutcomes(runs, longest),
    picture: drawPicture(drawBars(bars, BAR)),
    legend: [...new Set(shown.map(({ status }) => status))],
    table: html`<p><a href="#runs">The table of runs</a> has the same.</p>`,
  });
}

function describeOutcomes(runs: readonly Run[], longest: number): string {
  if (runs.length === 0) return 'no run yet';
  const failed = runs.filter(({ status }) => status === 'failed').length;
  return `${failed === 0 ? 'none failed' : `${failed} failed`}; the longest took ${roundDuration(longest)}`;
}

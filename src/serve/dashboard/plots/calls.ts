import { HOUR_MS } from '../../../lib/time.ts';
import type { Overview } from '../../../report/overview.ts';
import { formatCount, formatTime } from '../format.ts';
import type { Html } from '../html.ts';
import { renderTable } from '../parts/table.ts';
import { renderFigure } from './figure.ts';
import { drawBars, drawPicture } from './svg.ts';

const HOURS = 48;

/** The requests of each hour of two days, against the quota of an hour. */
export function renderCalls({ hours: counted, status }: Overview, now: number): Html {
  const hours = fillHours(counted, now);
  const limit = status.quota?.hour.limit;
  const most = Math.max(1, ...hours.map(({ calls }) => calls));
  // A quota that is far away would make every bar flat.
  const isLimitNear = limit !== undefined && most * 10 > limit;
  const top = Math.max(most, isLimitNear ? limit : 0) * 1.05;
  const bars = hours.map(({ hour, calls }, nth) => ({
    x: nth / HOURS,
    parts: [{ share: calls / top, kind: 'new' }],
    title: `${new Date(hour).toISOString().slice(0, 16).replace('T', ' ')}: ${formatCount(calls)}`,
  }));
  return renderFigure({
    id: 'calls',
    title: 'Requests an hour',
    summary: `${formatCount(hours.at(-1)!.calls)} this hour${limit === undefined ? '' : `; the quota is ${formatCount(limit)}`}`,
    picture: drawPicture(drawBars(bars, 0.8 / HOURS), isLimitNear ? limit / top : undefined),
    table: renderTable(
      'Requests by hour',
      [
        { head: 'Hour', cell: ({ hour }) => formatTime(hour) },
        { head: 'Requests', kind: 'number', cell: ({ calls }) => formatCount(calls) },
      ],
      counted.toReversed(),
      'No request in two days.',
    ),
    data: {
      at: hours.map(({ hour }) => hour / 1000),
      series: [{ label: 'requests', color: 'new', values: hours.map(({ calls }) => calls) }],
      kind: 'bars',
      unit: 'count',
      limit: isLimitNear ? limit : null,
    },
  });
}

function fillHours(counted: Overview['hours'], now: number): Overview['hours'] {
  const last = now - (now % HOUR_MS);
  return Array.from({ length: HOURS }, (_, nth) => {
    const hour = last - (HOURS - 1 - nth) * HOUR_MS;
    return { hour, calls: counted.find((each) => each.hour === hour)?.calls ?? 0 };
  });
}

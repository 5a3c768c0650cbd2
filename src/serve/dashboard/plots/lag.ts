import type { LagPoint } from '../../../report/derive-lag.ts';
import { DAY_MS } from '../../../lib/time.ts';
import { formatTime, roundDuration } from '../format.ts';
import type { Html } from '../html.ts';
import { renderTable } from '../parts/table.ts';
import { renderFigure } from './figure.ts';
import { drawArea, drawPicture } from './svg.ts';

/** The lag of the last seven days, with its limit. @param maxAge milliseconds. */
export function renderLag(lag: readonly LagPoint[], maxAge: number): Html {
  const most = Math.max(0, ...lag.map((point) => point.lag));
  // The limit is drawn if it is near: otherwise the line would be flat.
  const isLimitNear = most * 4 > maxAge;
  const top = Math.max(most, isLimitNear ? maxAge : 0, 1) * 1.08;
  const [start, end] = [lag[0]?.at ?? 0, lag.at(-1)?.at ?? 1];
  const toShare = (at: number): number => (end === start ? 1 : (at - start) / (end - start));
  const points = lag.map((point) => ({ x: toShare(point.at), y: point.lag / top }));
  return renderFigure({
    id: 'lag',
    title: 'Lag, 7 days',
    summary:
      lag.length === 0
        ? 'no complete run yet'
        : `at most ${roundDuration(most)}; limit ${roundDuration(maxAge)}`,
    picture: drawPicture([drawArea(points)], isLimitNear ? maxAge / top : undefined),
    table: renderTable(
      'Lag by day',
      [
        { head: 'Day from', cell: ({ at }) => formatTime(at) },
        { head: 'Greatest lag', kind: 'number', cell: (day) => roundDuration(day.lag) },
      ],
      findHighest(lag),
    ),
    ...(lag.length < 2
      ? {}
      : {
          data: {
            at: lag.map(({ at }) => at / 1000),
            series: [{ label: 'lag', color: 'new', values: lag.map((point) => point.lag / 1000) }],
            kind: 'line' as const,
            unit: 's' as const,
            limit: isLimitNear ? maxAge / 1000 : null,
          },
        }),
  });
}

function findHighest(lag: readonly LagPoint[]): LagPoint[] {
  const days = new Map<number, number>();
  for (const { at, lag: own } of lag) {
    const day = at - (at % DAY_MS);
    days.set(day, Math.max(days.get(day) ?? 0, own));
  }
  return [...days].map(([at, highest]) => ({ at, lag: highest }));
}

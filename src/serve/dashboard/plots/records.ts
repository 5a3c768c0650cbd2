import { DAY_MS } from '../../../lib/time.ts';
import type { Overview } from '../../../report/overview.ts';
import { formatCount } from '../format.ts';
import type { Html } from '../html.ts';
import { renderTable } from '../parts/table.ts';
import { renderFigure } from './figure.ts';
import { drawBars, drawPicture } from './svg.ts';

const KINDS = ['inserted', 'updated', 'deleted', 'rejected'] as const;
const DAYS = 14;

type Day = Overview['days'][number];

/** What runs wrote on each of the last 14 days, stacked. */
export function renderRecords(counted: Overview['days'], now: number): Html {
  const days = fillDays(counted, now);
  const most = Math.max(1, ...days.map(sumDay));
  const bars = days.map((day, nth) => ({
    x: (nth + 0.1) / DAYS,
    parts: KINDS.map((kind) => ({ share: day[kind] / most, kind })),
    title: `${day.day}: ${KINDS.map((kind) => `${kind} ${formatCount(day[kind])}`).join(', ')}`,
  }));
  return renderFigure({
    id: 'records',
    title: 'Records a day',
    summary: `${formatCount(sumDay(days.at(-1)!))} today, at most ${formatCount(Math.max(...days.map(sumDay)))} in ${DAYS} days`,
    picture: drawPicture(drawBars(bars, 0.8 / DAYS)),
    legend: KINDS,
    table: renderTable<Day>(
      'Records by day',
      [
        { head: 'Day', cell: ({ day }) => day },
        ...KINDS.map((kind) => ({
          head: kind,
          kind: 'number' as const,
          cell: (day: Day) => formatCount(day[kind]),
        })),
      ],
      days.toReversed(),
    ),
    data: {
      at: days.map(({ day }) => Date.parse(day) / 1000),
      series: KINDS.map((kind) => ({
        label: kind,
        color: kind,
        values: days.map((day) => day[kind]),
      })).toReversed(),
      kind: 'bars',
      unit: 'count',
      limit: null,
    },
  });
}

function sumDay({ inserted, updated, deleted, rejected }: Day): number {
  return inserted + updated + deleted + rejected;
}

/** Days without a run are empty, not missing. */
function fillDays(counted: Overview['days'], now: number): Day[] {
  return Array.from({ length: DAYS }, (_, nth) => {
    const day = new Date(now - (DAYS - 1 - nth) * DAY_MS).toISOString().slice(0, 10);
    return (
      counted.find((each) => each.day === day) ?? { day, inserted: 0, updated: 0, deleted: 0, rejected: 0 }
    );
  });
}

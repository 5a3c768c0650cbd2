// Draws the plots with uPlot (https://github.com/leeoniya/uPlot), in place of the pictures that the page has without scripts.

/**
 * @typedef {{ at: number[], series: { label: string, color: string, values: (number | null)[] }[],
 *   kind: 'line' | 'bars', unit: string, limit: number | null }} Plot
 */

const HEIGHT = 170;

/** Distances of the lines behind a plot. */
const COUNTS = [1, 2, 5]
  .flatMap((each) => Array.from({ length: 9 }, (_, nth) => each * 10 ** nth))
  .sort((a, b) => a - b);
const DURATIONS = [1, 10, 60, 300, 900, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @type {{ destroy(): void, setSize(size: { width: number, height: number }): void, root: HTMLElement }[]} */
let drawn = [];

/** @param {boolean} isLocal */
export function drawPlots(isLocal) {
  const { uPlot } = /** @type {any} */ (globalThis);
  if (uPlot === undefined) return;
  for (const plot of drawn) plot.destroy();
  drawn = [];
  for (const place of document.querySelectorAll('[data-plot]')) {
    const data = document.getElementById(`data-${place.getAttribute('data-plot')}`);
    if (data === null || !(place instanceof HTMLElement)) continue;
    place.parentElement?.classList.add('drawn');
    drawn.push(drawPlot(uPlot, place, JSON.parse(data.textContent ?? ''), isLocal));
  }
}

addEventListener('resize', () => {
  for (const plot of drawn)
    plot.setSize({ width: plot.root.parentElement?.clientWidth ?? 300, height: HEIGHT });
});

/** @param {string} name */
const readColor = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/**
 * @param {any} uPlot
 * @param {HTMLElement} place
 * @param {Plot} plot
 * @param {boolean} isLocal
 */
function drawPlot(uPlot, place, { at, series, kind, unit, limit }, isLocal) {
  const axis = {
    stroke: readColor('quiet'),
    grid: { stroke: readColor('line'), width: 1 },
    ticks: { stroke: readColor('line'), width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const toDate = (/** @type {number} */ seconds) =>
    isLocal ? new Date(seconds * 1000) : uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC');
  const bars = kind === 'bars' ? { paths: uPlot.paths.bars({ size: [0.7, 40] }) } : {};
  const shown =
    limit === null ? series : [...series, { label: 'limit', color: 'bad', values: at.map(() => limit) }];
  // Bars of a stack are drawn from the highest sum to the lowest.
  const stacked = kind === 'bars' && series.length > 1;
  const values = stacked ? stack(series.map((each) => each.values)) : series.map((each) => each.values);
  const limits = limit === null ? [] : [at.map(() => limit)];
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      tzDate: toDate,
      cursor: { y: false, drag: { x: false, y: false } },
      legend: { live: true },
      scales: {
        x: { range: kind === 'bars' ? widen : undefined },
        y: {
          range: (/** @type {unknown} */ _, /** @type {number} */ _min, /** @type {number} */ max) => [
            0,
            (max || 1) * 1.08,
          ],
        },
      },
      axes: [
        {
          ...axis,
          values: (
            /** @type {unknown} */ _,
            /** @type {number[]} */ all,
            /** @type {unknown} */ __,
            /** @type {unknown} */ ___,
            /** @type {number} */ step,
          ) => all.map((each) => formatTick(toDate(each), step)),
        },
        {
          ...axis,
          size: 64,
          incrs: unit === 's' ? DURATIONS : COUNTS,
          values: (/** @type {unknown} */ _, /** @type {number[]} */ all) =>
            all.map((each) => format(each, unit)),
        },
      ],
      series: [
        { value: isLocal ? '{YYYY}-{MM}-{DD} {HH}:{mm}' : '{YYYY}-{MM}-{DD} {HH}:{mm} UTC' },
        ...shown.map(({ label, color }, nth) => {
          const isLimit = nth >= series.length;
          return {
            label,
            stroke: readColor(color),
            width: isLimit ? 1 : kind === 'bars' ? 0 : 1.5,
            points: { show: false },
            ...(isLimit
              ? { dash: [6, 4] }
              : { fill: `${readColor(color)}${kind === 'bars' ? 'd0' : '22'}`, ...bars }),
            value: (
              /** @type {unknown} */ _,
              /** @type {number | null} */ __,
              /** @type {number} */ ___,
              /** @type {number | null} */ row,
            ) => {
              const own = row === null ? null : shown[nth]?.values[row];
              return own === null || own === undefined ? '–' : format(own, unit);
            },
          };
        }),
      ],
    },
    [at, ...values, ...limits],
    place,
  );
}

/** @param {(number | null)[][]} rows */
function stack(rows) {
  const sums = rows.map((row) => row.map((value) => value ?? 0));
  return sums.map((row, nth) =>
    row.map((_, at) => sums.slice(nth).reduce((all, each) => all + (each[at] ?? 0), 0)),
  );
}

/**
 * Half a bar of place on both sides.
 * @param {{ data: number[][] }} plot
 * @param {number} min
 * @param {number} max
 */
function widen(plot, min, max) {
  const [times = []] = plot.data;
  const step = times.length > 1 ? (max - min) / (times.length - 1) : 3600;
  return [min - step * 0.6, max + step * 0.6];
}

/**
 * The day at midnight, otherwise the time.
 * @param {Date} date
 * @param {number} step seconds between two of them
 */
function formatTick(date, step) {
  const [hours, minutes] = [date.getHours(), date.getMinutes()];
  if (step >= 86_400 || (hours === 0 && minutes === 0)) return `${MONTHS[date.getMonth()]} ${date.getDate()}`;
  return [hours, minutes].map((each) => String(each).padStart(2, '0')).join(':');
}

/**
 * @param {number} value
 * @param {string} unit
 */
function format(value, unit) {
  if (unit !== 's') return Math.round(value).toLocaleString('en');
  if (value < 60) return `${Math.round(value)} s`;
  if (value < 3600) return `${Math.round(value / 60)} min`;
  return value < 172_800 ? `${Math.round(value / 360) / 10} h` : `${Math.round(value / 8640) / 10} d`;
}

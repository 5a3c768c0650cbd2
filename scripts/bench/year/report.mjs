import { formatTable } from '../../lib/demo-sql.mjs';

/**
 * @typedef {import('./replay.mjs').Day} Day
 * @typedef {import('./replay.mjs').Year} Year
 */

/** Days at both ends that are compared. */
const SPAN = 30;

/** @param {Year} year */
export function yearTable({ days, inventories }) {
  const rows = inventories.map(({ day, listings, sizes }) => ({
    day,
    'in the feed': listings,
    listings: sizes.rows['properties'] ?? null,
    deleted: sizes.deleted,
    media: sizes.rows['media'] ?? null,
    runs: sizes.rows['etl_sync_log'] ?? null,
    usage: sizes.rows['etl_api_usage'] ?? null,
    deletions: sizes.rows['etl_deletion'] ?? null,
    changes: sizes.rows['listing_change'] ?? null,
    'payload MB': megabytes(sizes.payloadBytes),
    'etl_* MB': megabytes(sizes.ownBytes),
    'all MB': megabytes(sizes.tableBytes),
    'logs MB': (sizes.logBytes / 1e6).toFixed(1),
    'log files': sizes.logFiles,
    'state KB': (sizes.stateBytes / 1e3).toFixed(0),
  }));
  const length = Math.min(SPAN, Math.floor(days.length / 2));
  const [first, last] = [days.slice(0, length), days.slice(-length)];
  return `${formatTable(rows)}\n\nA day, on average:\n${formatTable([
    describeSpan(`first ${length} days`, first),
    describeSpan(`last ${length} days`, last),
    compareSpans(first, last),
  ])}`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

/** @param {readonly Day[]} days @param {(day: Day) => number} of */
function average(days, of) {
  return days.reduce((total, day) => total + of(day), 0) / days.length;
}

const FIGURES = /** @type {const} */ ({
  statements: (/** @type {Day} */ day) => day.statements,
  requests: (/** @type {Day} */ day) => day.requests,
  'CPU s, tool': (/** @type {Day} */ day) => day.cpu,
  'CPU s, server': (/** @type {Day} */ day) => day.serverCpu,
  seconds: (/** @type {Day} */ day) => day.wall,
});

/** @param {string} name @param {readonly Day[]} days */
function describeSpan(name, days) {
  return {
    ' ': name,
    ...Object.fromEntries(
      Object.entries(FIGURES).map(([label, of]) => [label, average(days, of).toFixed(2)]),
    ),
  };
}

/** @param {readonly Day[]} first @param {readonly Day[]} last */
function compareSpans(first, last) {
  const ratios = Object.entries(FIGURES).map(([label, of]) => [
    label,
    (average(last, of) / average(first, of)).toFixed(2),
  ]);
  return { ' ': 'last : first', ...Object.fromEntries(ratios) };
}

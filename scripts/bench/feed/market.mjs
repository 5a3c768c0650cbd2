import { keyOf } from './listing.mjs';

/**
 * The feed at three moments: the original; with one listing in a hundred changed; with only every ModificationTimestamp
 * changed.
 * @typedef {'base' | 'changed' | 'restamped'} Moment
 * @typedef {{ index: number, key: string, time: number, revision: number }} FeedEntry
 * @typedef {{ time: number, key?: string | undefined }} FeedStart with a key: entries after it; without: entries at the instant and later
 */

/** @type {readonly Moment[]} */
export const MOMENTS = ['base', 'changed', 'restamped'];

/** The first timestamp of each moment's changes. @type {Readonly<Record<Moment, number>>} */
export const MOMENT_STARTS = {
  base: Date.UTC(2025, 0, 1),
  changed: Date.UTC(2025, 0, 2),
  restamped: Date.UTC(2025, 0, 3),
};

/** Lists the entries of a moment in the order of the feed. @param {Moment} moment @param {number} listings @returns {FeedEntry[]} */
export function listEntries(moment, listings) {
  const entries = Array.from({ length: listings }, (_, index) => ({
    index,
    key: keyOf(index),
    time: timeOf(moment, index, listings),
    revision: moment !== 'base' && isChanged(index) ? 1000 : 0,
  }));
  return entries.sort((one, other) => one.time - other.time || (one.key < other.key ? -1 : 1));
}

/** One in a hundred. @param {number} index */
function isChanged(index) {
  return index % 100 === 7;
}

/** @param {Moment} moment @param {number} index @param {number} listings */
function timeOf(moment, index, listings) {
  // Three of ten listings share their instant.
  const tie = index % 10 < 3 ? index - (index % 10) : index;
  if (moment === 'restamped') return MOMENT_STARTS.restamped + tie * 20;
  if (moment === 'changed' && isChanged(index)) return MOMENT_STARTS.changed + index * 10;
  return MOMENT_STARTS.base - (listings - tie) * 180_000;
}

/** Returns the index of the first entry of an answer. @param {readonly FeedEntry[]} entries @param {FeedStart | undefined} from */
export function findStart(entries, from) {
  if (from === undefined) return 0;
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && isBefore(entry, from)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {FeedEntry} entry @param {FeedStart} from */
function isBefore(entry, { time, key }) {
  return entry.time < time || (entry.time === time && key !== undefined && entry.key <= key);
}

/** `2026-03-19T22:06:45.773-00:00`: the format of Trestle's timestamps. @param {number} time */
export function formatTimestamp(time) {
  return `${new Date(time).toISOString().slice(0, 23)}-00:00`;
}

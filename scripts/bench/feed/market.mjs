import { keyOf } from './listing.mjs';

/**
 * The feed at three moments: as it was; when one listing in a hundred has changed; when every ModificationTimestamp was
 * moved and nothing else.
 * @typedef {'base' | 'changed' | 'restamped'} Moment
 * @typedef {{ index: number, key: string, time: number, revision: number }} Place
 * @typedef {{ time: number, key?: string | undefined }} From a key: what comes after it; none: the instant and what follows
 */

/** @type {readonly Moment[]} */
export const moments = ['base', 'changed', 'restamped'];

/** What a moment has moved is dated from here on. @type {Readonly<Record<Moment, number>>} */
export const begins = {
  base: Date.UTC(2025, 0, 1),
  changed: Date.UTC(2025, 0, 2),
  restamped: Date.UTC(2025, 0, 3),
};

/** The listings of a moment in the order of the feed. @param {Moment} moment @param {number} listings @returns {Place[]} */
export function market(moment, listings) {
  const places = Array.from({ length: listings }, (_, index) => ({
    index,
    key: keyOf(index),
    time: timeOf(moment, index, listings),
    revision: moment !== 'base' && isChanged(index) ? 1000 : 0,
  }));
  return places.sort((one, other) => one.time - other.time || (one.key < other.key ? -1 : 1));
}

/** One in a hundred. @param {number} index */
function isChanged(index) {
  return index % 100 === 7;
}

/** @param {Moment} moment @param {number} index @param {number} listings */
function timeOf(moment, index, listings) {
  // Of ten listings three share their instant.
  const tie = index % 10 < 3 ? index - (index % 10) : index;
  if (moment === 'restamped') return begins.restamped + tie * 20;
  if (moment === 'changed' && isChanged(index)) return begins.changed + index * 10;
  return begins.base - (listings - tie) * 180_000;
}

/** Where in the feed's order an answer begins. @param {readonly Place[]} places @param {From | undefined} from */
export function startOf(places, from) {
  if (from === undefined) return 0;
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && isBefore(place, from)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Place} place @param {From} from */
function isBefore(place, { time, key }) {
  return place.time < time || (place.time === time && key !== undefined && place.key <= key);
}

/** `2026-03-19T22:06:45.773-00:00`: the form of Trestle's timestamps. @param {number} time */
export function stamp(time) {
  return `${new Date(time).toISOString().slice(0, 23)}-00:00`;
}

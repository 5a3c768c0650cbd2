/**
 * @typedef {import('./market.mjs').Moment} Moment
 * @typedef {import('./market.mjs').From} From
 * @typedef {{ kind: 'token' } | { kind: 'metadata' } | { kind: 'unknown', why: string }
 *   | { kind: 'page', moment: Moment, from: From | undefined, top: number, count: boolean }} Address
 */

const KEYSET =
  /^\(ModificationTimestamp gt (\S+) or \(ModificationTimestamp eq \1 and ListingKey gt '(\d+)'\)\)$/;
const SINCE = /^ModificationTimestamp (ge|gt) (\S+)$/;
const ORDER = 'ModificationTimestamp asc,ListingKey asc';

/**
 * Understands what a client of this feed asks: pages by keyset, the beginning of a sync, the count. Anything else would
 * be measured wrongly, and is refused.
 * @param {string} address
 * @param {readonly Moment[]} moments
 * @returns {Address}
 */
export function parseAddress(address, moments) {
  const url = new URL(address, 'http://bench');
  if (url.pathname === '/token') return { kind: 'token' };
  const [, first, service, set = '', ...rest] = url.pathname.split('/');
  const moment = moments.find((each) => each === first);
  if (moment === undefined || service !== 'odata' || rest.length > 0) {
    return { kind: 'unknown', why: `no such place: ${url.pathname}` };
  }
  if (decodeURIComponent(set) === '$metadata') return { kind: 'metadata' };
  const {
    $filter: filter,
    $orderby: order = ORDER,
    $top: top = '10',
    $count: count,
    ...more
  } = optionsOf(url);
  const from = filter === undefined ? undefined : fromOf(filter);
  if (set !== 'Property' || order !== ORDER || Object.keys(more).length > 0 || from === null) {
    return {
      kind: 'unknown',
      why: `the bench's feed does not know ${url.pathname}${decodeURIComponent(url.search)}`,
    };
  }
  return { kind: 'page', moment, from, top: Number(top), count: count === 'true' };
}

/** @param {URL} url @returns {Record<string, string | undefined>} */
function optionsOf(url) {
  return Object.fromEntries(url.searchParams);
}

/** @param {string} filter @returns {From | null} null: not understood */
function fromOf(filter) {
  const [, time, key] = KEYSET.exec(filter) ?? [];
  if (time !== undefined) return { time: Date.parse(time), key };
  const [, operator, since] = SINCE.exec(filter) ?? [];
  if (since === undefined) return null;
  return { time: Date.parse(since) + (operator === 'gt' ? 1 : 0) };
}

/**
 * @typedef {import('./market.mjs').Moment} Moment
 * @typedef {import('./market.mjs').FeedStart} FeedStart
 * @typedef {{ kind: 'token' } | { kind: 'metadata' } | { kind: 'unknown', why: string }
 *   | { kind: 'page', moment: Moment, from: FeedStart | undefined, top: number, count: boolean }} Address
 */

const KEYSET =
  /^\(ModificationTimestamp gt (\S+) or \(ModificationTimestamp eq \1 and ListingKey gt '(\d+)'\)\)$/;
const SINCE = /^ModificationTimestamp (ge|gt) (\S+)$/;
const ORDER = 'ModificationTimestamp asc,ListingKey asc';

/**
 * Parses the requests of this feed's clients: pages by keyset, the start of a sync, the count. Anything else is refused,
 * because it would be measured incorrectly.
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
    return { kind: 'unknown', why: `no such path: ${url.pathname}` };
  }
  if (decodeURIComponent(set) === '$metadata') return { kind: 'metadata' };
  const {
    $filter: filter,
    $orderby: order = ORDER,
    $top: top = '10',
    $count: count,
    ...more
  } = optionsOf(url);
  const from = filter === undefined ? undefined : parseFilter(filter);
  if (set !== 'Property' || order !== ORDER || Object.keys(more).length > 0 || from === null) {
    return {
      kind: 'unknown',
      why: `the bench's feed does not support ${url.pathname}${decodeURIComponent(url.search)}`,
    };
  }
  return { kind: 'page', moment, from, top: Number(top), count: count === 'true' };
}

/** @param {URL} url @returns {Record<string, string | undefined>} */
function optionsOf(url) {
  return Object.fromEntries(url.searchParams);
}

/** @param {string} filter @returns {FeedStart | null} null: not supported */
function parseFilter(filter) {
  const [, time, key] = KEYSET.exec(filter) ?? [];
  if (time !== undefined) return { time: Date.parse(time), key };
  const [, operator, since] = SINCE.exec(filter) ?? [];
  if (since === undefined) return null;
  return { time: Date.parse(since) + (operator === 'gt' ? 1 : 0) };
}

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createListingWriter } from './listing.mjs';
import { listEntries, formatTimestamp, findStart } from './market.mjs';

/**
 * @typedef {import('./market.mjs').Moment} Moment
 * @typedef {import('./market.mjs').FeedStart} FeedStart
 * @typedef {import('./listing.mjs').Field} Field
 * @typedef {{ moment: Moment, start: number, top: number, count: boolean, root: string }} PageRequest
 */

const zip = promisify(gzip);

/**
 * Creates the feed's answers, compresses each once, and caches them. Unprepared answers are created on the first request.
 * @param {{ fields: readonly Field[], listings: number }} options
 */
export function createPages({ fields, listings }) {
  const write = createListingWriter(fields);
  /** @type {Map<Moment, import('./market.mjs').FeedEntry[]>} */
  const markets = new Map();
  /** @type {Map<string, Promise<Buffer>>} */
  const kept = new Map();
  /** @type {Map<string, [head: string, tail: string]>} */
  const recent = new Map();
  let made = 0;
  let plainBytes = 0;

  /** @param {Moment} moment */
  const entriesOf = (moment) => {
    const entries = markets.get(moment) ?? listEntries(moment, listings);
    markets.set(moment, entries);
    return entries;
  };

  /** @param {number} index @param {number} revision */
  const halves = (index, revision) => {
    const name = `${index}/${revision}`;
    const found = recent.get(name) ?? write(index, revision);
    recent.set(name, found);
    return found;
  };

  /** @param {PageRequest} asked */
  const text = ({ moment, start, top, count, root }) => {
    const entries = entriesOf(moment);
    const records = entries.slice(start, start + top).map(({ index, revision, time }) => {
      const [head, tail] = halves(index, revision);
      return head + formatTimestamp(time) + tail;
    });
    plainBytes += records.reduce((sum, record) => sum + record.length, 0);
    made += records.length;
    const link =
      top > 0 && records.length === top ? `,"@odata.nextLink":"${root}/Property?$skip=${start + top}"` : '';
    const total = count ? `"@odata.count":${entries.length - start},` : '';
    return `{"@odata.context":"${root}/$metadata#Property",${total}"value":[${records.join(',')}]${link}}`;
  };

  /** @param {PageRequest} asked @returns {Promise<Buffer>} */
  const body = (asked) => {
    const name = `${asked.moment}:${asked.start}:${asked.top}:${asked.count}`;
    const found = kept.get(name) ?? zip(text(asked));
    kept.set(name, found);
    return found;
  };

  return {
    body,
    /** @param {Moment} moment @param {FeedStart | undefined} from */
    start: (moment, from) => findStart(entriesOf(moment), from),
    /** Average bytes of JSON per record. */
    recordBytes: () => plainBytes / Math.max(1, made),
    /** Number of cached answers. */
    answers: () => kept.size,
    /**
     * Creates every page of these moments; a listing's text is created once for all of them.
     * @param {readonly Moment[]} wanted
     * @param {number} top
     * @param {string} root without the moment
     */
    prepare: async (wanted, top, root) => {
      /** @type {Promise<unknown>[]} */
      let packing = [];
      for (let start = 0; start < listings; start += top) {
        recent.clear();
        const asked = wanted.map((moment) => ({
          moment,
          start,
          top,
          count: false,
          root: `${root}/${moment}/odata`,
        }));
        const next = asked.map((each) => body(each));
        if (start === 0) next.push(...asked.map((each) => body({ ...each, count: true })));
        await Promise.all(packing);
        packing = next;
      }
      await Promise.all(packing);
      recent.clear();
    },
  };
}

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { listingWriter } from './listing.mjs';
import { market, stamp, startOf } from './market.mjs';

/**
 * @typedef {import('./market.mjs').Moment} Moment
 * @typedef {import('./market.mjs').From} From
 * @typedef {import('./listing.mjs').Field} Field
 * @typedef {{ moment: Moment, start: number, top: number, count: boolean, root: string }} Asked
 */

const zip = promisify(gzip);

/**
 * Answers of the feed, made and packed once, and kept. What was not prepared is made when it is first asked for.
 * @param {{ fields: readonly Field[], listings: number }} options
 */
export function makePages({ fields, listings }) {
  const write = listingWriter(fields);
  /** @type {Map<Moment, import('./market.mjs').Place[]>} */
  const markets = new Map();
  /** @type {Map<string, Promise<Buffer>>} */
  const kept = new Map();
  /** @type {Map<string, [head: string, tail: string]>} */
  const recent = new Map();
  let made = 0;
  let plainBytes = 0;

  /** @param {Moment} moment */
  const placesOf = (moment) => {
    const places = markets.get(moment) ?? market(moment, listings);
    markets.set(moment, places);
    return places;
  };

  /** @param {number} index @param {number} revision */
  const halves = (index, revision) => {
    const name = `${index}/${revision}`;
    const found = recent.get(name) ?? write(index, revision);
    recent.set(name, found);
    return found;
  };

  /** @param {Asked} asked */
  const text = ({ moment, start, top, count, root }) => {
    const places = placesOf(moment);
    const records = places.slice(start, start + top).map(({ index, revision, time }) => {
      const [head, tail] = halves(index, revision);
      return head + stamp(time) + tail;
    });
    plainBytes += records.reduce((sum, record) => sum + record.length, 0);
    made += records.length;
    const link =
      top > 0 && records.length === top ? `,"@odata.nextLink":"${root}/Property?$skip=${start + top}"` : '';
    const total = count ? `"@odata.count":${places.length - start},` : '';
    return `{"@odata.context":"${root}/$metadata#Property",${total}"value":[${records.join(',')}]${link}}`;
  };

  /** @param {Asked} asked @returns {Promise<Buffer>} */
  const body = (asked) => {
    const name = `${asked.moment}:${asked.start}:${asked.top}:${asked.count}`;
    const found = kept.get(name) ?? zip(text(asked));
    kept.set(name, found);
    return found;
  };

  return {
    body,
    /** @param {Moment} moment @param {From | undefined} from */
    start: (moment, from) => startOf(placesOf(moment), from),
    /** Bytes of JSON a record, so far. */
    recordBytes: () => plainBytes / Math.max(1, made),
    /** How many answers are there. */
    answers: () => kept.size,
    /**
     * Makes every page of these moments; a listing's text is made once for all of them.
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

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  joinFilters,
  buildInFilter,
  buildKeysetFilter,
  buildKeysetOrder,
  quoteText,
  type QueryOptions,
  buildQueryUrl,
} from '../../../../src/sources/trestle/odata/query.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import { withCursor } from '../../../../src/dataset/reading.ts';

const BASE = 'https://api.example.com/trestle/odata';
const STAMP = '2026-03-19T22:06:45.773-00:00';

describe('buildQueryUrl', () => {
  test('without options is the entity set alone', () => {
    expect(buildQueryUrl(BASE, 'Property', {})).toBe(`${BASE}/Property`);
    expect(buildQueryUrl(BASE, 'Property', { filter: '', count: false, replication: false })).toBe(
      `${BASE}/Property`,
    );
  });

  test('every character that means something in a URL is escaped', () => {
    const url = buildQueryUrl(BASE, 'Property', { filter: "City eq 'A&B+C=D#E?%20 é'", top: 1000 });
    expect(url).toBe(
      `${BASE}/Property?%24filter=`.replace('%24', '$') +
        "City%20eq%20'A%26B%2BC%3DD%23E%3F%2520%20%C3%A9'&$top=1000",
    );
  });

  test('decoding the URL gives back the options', () => {
    const textOf = fc.string({ unit: 'grapheme', minLength: 1 });
    const options: fc.Arbitrary<QueryOptions> = fc.record(
      {
        filter: textOf,
        orderBy: textOf,
        select: fc.array(fc.stringMatching(/^[A-Za-z_]\w{0,9}$/), { minLength: 1, maxLength: 5 }),
        top: fc.nat(300_000),
        count: fc.boolean(),
        replication: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(textOf, options, (set, wanted) => {
        const [path = '', query = ''] = buildQueryUrl(BASE, set, wanted)
          .slice(BASE.length + 1)
          .split('?');
        expect(decodeURIComponent(path)).toBe(set);
        const expected = {
          ...(wanted.filter === undefined ? {} : { $filter: wanted.filter }),
          ...(wanted.orderBy === undefined ? {} : { $orderby: wanted.orderBy }),
          ...(wanted.select === undefined ? {} : { $select: wanted.select.join(',') }),
          ...(wanted.top === undefined ? {} : { $top: String(wanted.top) }),
          ...(wanted.count === true ? { $count: 'true' } : {}),
          ...(wanted.replication === true ? { replication: 'true' } : {}),
        };
        expect(Object.fromEntries(new URLSearchParams(query))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('buildKeysetFilter', () => {
  test('promise 2: requests the records after the cursor, in one order, and lets the server compare', () => {
    expect(buildKeysetFilter(property, { timestamp: STAMP, key: '1155528690' })).toBe(
      `(ModificationTimestamp gt ${STAMP} or (ModificationTimestamp eq ${STAMP} and ListingKey gt '1155528690'))`,
    );
    expect(buildKeysetOrder(property)).toBe('ModificationTimestamp asc,ListingKey asc');
  });

  test('promise 2: a cursor without a key requests its whole instant again', () => {
    expect(buildKeysetFilter(property, { timestamp: STAMP })).toBe(`ModificationTimestamp ge ${STAMP}`);
  });

  test('without a cursor there is no filter', () => {
    expect(buildKeysetFilter(property, undefined)).toBeUndefined();
  });

  test('follows the cursor field that the user chose', () => {
    const resource = withCursor(property, 'PhotosChangeTimestamp');
    expect(buildKeysetFilter(resource, { timestamp: STAMP, key: "O'Hara" })).toContain(
      `PhotosChangeTimestamp eq ${STAMP} and ListingKey gt 'O''Hara'`,
    );
  });
});

describe('quoteText', () => {
  test('quotes inside are doubled, so that no text can end the literal', () => {
    expect(quoteText("x' or 'a' eq 'a")).toBe("'x'' or ''a'' eq ''a'");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", 'a', '"', '\\') }), (text) => {
        const written = quoteText(text);
        expect(written.slice(1, -1).replaceAll("''", "'")).toBe(text);
        expect(written.slice(1, -1).replaceAll("''", '')).not.toContain("'");
      }),
    );
  });

  test('a list of them becomes an in filter', () => {
    expect(buildInFilter('ResourceRecordKey', ['a', "b'c"])).toBe("ResourceRecordKey in ('a','b''c')");
  });
});

describe('joinFilters', () => {
  test('a single filter is unchanged, several are put in parentheses', () => {
    expect(joinFilters(undefined, 'a eq 1', '')).toBe('a eq 1');
    expect(joinFilters('a eq 1', 'b eq 2 or c eq 3')).toBe('(a eq 1) and (b eq 2 or c eq 3)');
    expect(joinFilters(undefined, ' ')).toBeUndefined();
  });
});

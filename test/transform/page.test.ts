import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { Page } from '../../src/model/page.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { splitPage } from '../../src/sources/trestle/odata/split.ts';
import { membersOf } from '../../src/dataset/members.ts';
import {
  createSlicedTransformer,
  type TransformedPage,
  createTransformer,
} from '../../src/transform/page.ts';
import { customProperty } from '../../src/sources/trestle/datasets/custom-property.ts';

const STAMP = '2026-03-19T22:06:45.773-00:00';

function take(
  dataset: Dataset,
  records: readonly (string | object)[],
  damaged: number[] = [],
): TransformedPage {
  const texts = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  return createTransformer(dataset)(pageOf(texts, damaged));
}

function pageOf(records: readonly string[], damaged: readonly number[] = []): Page {
  return { records, damaged: new Set(damaged), cursor: undefined };
}

const listing = (more: object = {}): object => ({ ListingKey: '1', ModificationTimestamp: STAMP, ...more });

describe('a record that fits', () => {
  test('promise 7: is a row with one value a field, in the order of the fields, and its own text', () => {
    const raw =
      '{"ListPrice": 308000.0, "ModificationTimestamp":"2026-03-19T22:06:45.773-00:00","ListingKey":"1155528690"}';
    const { rows, rejects, skippedOlder } = take(property, [raw]);
    expect({ rejects, skippedOlder, count: rows.length }).toEqual({ rejects: [], skippedOlder: 0, count: 1 });
    const [row] = rows;
    expect(row).toMatchObject({ key: '1155528690', version: '2026-03-19 22:06:45.773', payload: raw });
    expect(row?.hash).toMatch(/^[0-9a-f]{32}$/);
    const values = Object.fromEntries(
      property.fields.map((field, index) => [field.name, row?.values[index]]),
    );
    expect(row?.values).toHaveLength(property.fields.length);
    expect(values).toMatchObject({ ListPrice: '308000', ListingKey: '1155528690', City: null });
  });

  test('promise 7: digits beyond a double reach a text column whole', () => {
    const raw = `{"MediaKey":2003905820472123456789,"ResourceRecordKey":"1","ModificationTimestamp":"${STAMP}"}`;
    expect(take(media, [raw]).rows[0]?.key).toBe('2003905820472123456789');
  });

  test('fields that the dataset does not have make no difference, not even __proto__', () => {
    const raw = `{"__proto__":{"ListPrice":-1},"constructor":1,"toString":2,"X_Own":{},"ListingKey":"1","ModificationTimestamp":"${STAMP}"}`;
    const { rows, rejects } = take(property, [raw]);
    expect(rejects).toEqual([]);
    expect(rows[0]?.values).toEqual(take(property, [listing()]).rows[0]?.values);
    expect(rows[0]?.payload).toBe(raw);
  });
});

describe('a record that does not fit', () => {
  test('promise 5: is rejected with every reason: field, rule and value', () => {
    const [reject] = take(property, [
      listing({ ListPrice: 'much', ClosePrice: '1e15', InternetAddressDisplayYN: 'maybe', SpaYN: 'maybe' }),
    ]).rejects;
    expect(reject).toMatchObject({ key: '1', version: '2026-03-19 22:06:45.773' });
    expect(reject?.reasons).toEqual([
      { field: 'ListPrice', rule: 'is not a number', value: 'much' },
      { field: 'ClosePrice', rule: 'has more than 12 digits before the point', value: '1e15' },
      { field: 'InternetAddressDisplayYN', rule: 'is neither true nor false', value: 'maybe' },
    ]);
    expect(JSON.parse(reject?.raw ?? '')).toMatchObject({ ListPrice: 'much' });
  });

  test('promise 5: a long value is truncated in the reason, its record is kept whole', () => {
    const long = 'x'.repeat(5000);
    const [reject] = take(property, [listing({ StandardStatus: long })]).rejects;
    expect(reject?.reasons[0]?.value).toBe(`${'x'.repeat(200)}… (5000 characters)`);
    expect(reject?.raw).toContain(long);
  });

  test('a value that is not text is shown as JSON', () => {
    const { rejects } = take(property, [listing({ ListPrice: { a: [1] } })]);
    expect(rejects[0]?.reasons[0]?.value).toBe('{"a":[1]}');
  });

  test.each(['ListingKey', 'ModificationTimestamp'])('promise 5: without %s it is no row', (name) => {
    for (const value of [null, undefined]) {
      expect(take(property, [listing({ [name]: value })]).rejects[0]?.reasons).toEqual([
        expect.objectContaining({ field: name, rule: 'is missing' }),
      ]);
    }
  });

  test('promise 5: media without their listing’s key are no rows', () => {
    const record = { MediaKey: '1', ModificationTimestamp: STAMP };
    expect(take(media, [record]).rejects[0]?.reasons).toMatchObject([
      { field: 'ResourceRecordKey', rule: 'is missing' },
    ]);
  });

  test('promise 5: without a valid key it is identified by its text', () => {
    const records = [null, '', {}, '\uD83C', 'k'.repeat(256)].map((key) => listing({ ListingKey: key }));
    const { rejects } = take(property, records);
    expect(rejects).toHaveLength(5);
    for (const { key } of rejects) expect(key).toMatch(/^no-key:[0-9a-f]{32}$/);
    expect(take(property, [records[0]!]).rejects[0]?.key).toBe(rejects[0]?.key);
  });

  test('promise 5: text that is not a JSON object is rejected too', () => {
    const { rows, rejects } = take(property, ['{"ListingKey":"1"', 'null', '[]', '3', 'nonsense']);
    expect(rows).toEqual([]);
    expect(rejects.map((reject) => reject.reasons[0]?.rule)).toEqual(
      Array.from({ length: 5 }, () => 'is not a JSON object'),
    );
    expect(rejects.map((reject) => reject.raw)).toEqual(['{"ListingKey":"1"', 'null', '[]', '3', 'nonsense']);
  });

  test('promise 7: a record whose bytes are not UTF-8 is rejected, its neighbours are not', () => {
    const records = ['1', '2', '3'].map((key) => listing({ ListingKey: key, City: 'Z�rich' }));
    const { rows, rejects } = take(property, records, [1]);
    expect(rows.map((row) => row.key)).toEqual(['1', '3']);
    expect(rejects).toMatchObject([
      { key: '2', reasons: [{ field: '', rule: 'holds bytes that are no UTF-8' }] },
    ]);
  });
});

const at = (second: number, more: object = {}): object =>
  listing({ ModificationTimestamp: `2026-03-19T22:06:0${second}Z`, ...more });

describe('duplicates in a page', () => {
  test('promise 6: the newest wins, at any position', () => {
    for (const seconds of [
      [1, 3, 2],
      [3, 1, 2],
      [1, 2, 3],
    ]) {
      const { rows, skippedOlder } = take(
        property,
        seconds.map((second) => at(second)),
      );
      expect(rows.map((row) => row.version)).toEqual(['2026-03-19 22:06:03.000']);
      expect(skippedOlder).toBe(2);
    }
  });

  test('promise 6: if instants are equal, the last in the page wins', () => {
    const { rows } = take(property, [at(1, { City: 'Austin' }), at(1, { City: 'Boston' })]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.values).toContain('Boston');
  });

  test('promise 6: a bad newer version replaces a good older one, and the other way round', () => {
    const bad = at(2, { ListPrice: 'much' });
    expect(take(property, [at(1), bad])).toMatchObject({
      rows: [],
      rejects: [{ key: '1' }],
      skippedOlder: 1,
    });
    expect(take(property, [bad, at(3)])).toMatchObject({
      rows: [{ key: '1' }],
      rejects: [],
      skippedOlder: 1,
    });
  });

  test('promise 7: keys that differ by case, accent or a trailing space are different', () => {
    const keys = ['a', 'A', 'á', 'a ', ' a'];
    const { rows } = take(
      property,
      keys.map((key) => listing({ ListingKey: key })),
    );
    expect(rows.map((row) => row.key)).toEqual(keys);
  });
});

describe('any record', () => {
  const names = property.fields.map((field) => field.name);
  const odd = fc.constantFrom('toString', 'valueOf', 'toJSON', '__proto__', 'constructor', 'then', 'length');
  const values = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(odd, fc.jsonValue()),
    fc.constantFrom('0000-00-00', '1e400', '\uD800', STAMP, '9'.repeat(40), Number.MAX_VALUE, -0),
  );
  const records = fc.dictionary(fc.oneof(fc.constantFrom(...names), odd), values, { maxKeys: 12 });

  test('promise 5: never throws, JSON or not, and is never lost', () => {
    const transform = createTransformer(property);
    const texts = fc.array(
      fc.oneof(
        records.map((record) => JSON.stringify(record)),
        fc.json(),
        fc.string(),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(texts, fc.nat(5), (page, damaged) => {
        const { rows, rejects, skippedOlder } = transform(pageOf(page, [damaged]));
        expect(rows.length + rejects.length + skippedOlder).toBe(page.length);
        for (const reject of rejects) {
          expect(reject.reasons.length).toBeGreaterThan(0);
          for (const { value } of reject.reasons) expect(value.length).toBeLessThan(240);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('promise 6: every key appears once in the result', () => {
    const key = fc.constantFrom('1', '2', '');
    const second = fc.nat(9);
    fc.assert(
      fc.property(fc.array(fc.tuple(key, second, fc.boolean()), { maxLength: 10 }), (made) => {
        const { rows, rejects } = take(
          property,
          made.map(([ListingKey, n, bad]) =>
            listing({
              ListingKey,
              ModificationTimestamp: `2026-03-19T22:06:0${n}Z`,
              ListPrice: bad ? 'x' : 1,
            }),
          ),
        );
        const out = [...rows, ...rejects].map((item) => item.key);
        expect(new Set(out).size).toBe(out.length);
        for (const wanted of ['1', '2']) {
          const newest = Math.max(-1, ...made.filter(([own]) => own === wanted).map(([, n]) => n));
          const found = [...rows, ...rejects].find((item) => item.key === wanted);
          expect(found?.version).toBe(newest < 0 ? undefined : `2026-03-19 22:06:0${newest}.000`);
        }
      }),
    );
  });

  test('promise 5: a boolean field that holds {"toString":0} does not end the page', () => {
    const { rows } = take(property, [listing({ SpaYN: { toString: 0 } })]);
    expect(rows.map(({ issues }) => issues)).toMatchObject([[{ field: 'SpaYN', action: 'null' }]]);
  });

  test('promise 5: the shortened value never ends in half a character', () => {
    const value = `x${'🏠'.repeat(200)}`;
    const { rejects } = take(property, [listing({ ListPrice: value })]);
    const { rows } = take(property, [listing({ YearBuilt: value })]);
    for (const each of [rejects[0]!.reasons[0]!, rows[0]!.issues[0]!])
      expect(each.value.isWellFormed()).toBe(true);
  });
});

describe('a record without its own timestamp', () => {
  const custom: Dataset = {
    ...property,
    name: 'CustomProperty',
    table: 'custom_properties',
    rawTable: 'custom_properties_raw',
    version: 'ListingModificationTimestamp',
    volatile: [],
    read: customProperty.read,
    fields: [
      { name: 'ListingKey', column: 'listing_key', type: { kind: 'key' } },
      {
        name: 'ListingModificationTimestamp',
        column: 'listing_modification_timestamp',
        type: { kind: 'timestamp' },
      },
    ],
  };
  const asked = (records: readonly string[], versions?: ReadonlyMap<string, string>): TransformedPage =>
    createTransformer(custom)({ ...pageOf(records), ...(versions === undefined ? {} : { versions }) });

  test('promise 6: has the version of the listing that it was requested for', () => {
    const raw = '{"ListingKey":"7","X_Pool":"none"}';
    const [row] = asked([raw], new Map([['7', '2026-03-19 22:06:45.773']])).rows;
    expect(row).toMatchObject({
      key: '7',
      version: '2026-03-19 22:06:45.773',
      values: ['7', '2026-03-19 22:06:45.773'],
      payload: raw,
    });
  });

  test('is rejected if its listing was not requested', () => {
    const { rows, rejects } = asked(['{"ListingKey":"8"}'], new Map([['7', '2026-03-19 22:06:45.773']]));
    expect(rows).toEqual([]);
    expect(rejects).toMatchObject([
      { key: '8', parent: '8', reasons: [{ rule: 'belongs to no listing that was requested' }] },
    ]);
    expect(asked(['{"ListingKey":"8"}']).rejects).toHaveLength(1);
  });

  test('has the same hash for any version of its listing', () => {
    const hashes = ['2026-03-19 22:06:45.773', '2026-03-20 00:00:00.000'].map(
      (time) => asked(['{"ListingKey":"7","X_Pool":"none"}'], new Map([['7', time]])).rows[0]?.hash,
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/);
  });
});

const withText = (done: TransformedPage): object => ({
  ...done,
  rows: done.rows.map((row) => ({ ...row, payload: row.payload.toString() })),
});

const cut = async (texts: readonly string[]): Promise<Page> => ({
  ...(await splitPage(Buffer.from(`{"value":[${texts.join(',')}]}`), membersOf(property))),
  cursor: undefined,
});

describe('a record that came as bytes', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
    fc.stringMatching(/^-?(0|[1-9]\d{0,18})(\.\d{1,4})?(e\d)?$/),
    fc.constantFrom(
      'null',
      'true',
      'false',
      '""',
      '[1,"a"]',
      '{"a":1}',
      `"${STAMP}"`,
      '"2026-02-30"',
      '"é\\n🏠"',
    ),
  );
  const text = fc
    .tuple(
      fc.nat(3),
      fc.uniqueArray(fc.tuple(fc.constantFrom(...property.fields.map(({ name }) => name), 'X_Own'), value), {
        maxLength: 8,
        selector: ([name]) => name,
      }),
    )
    .map(([key, members]) => {
      const ours = members.filter(([name]) => !['ListingKey', 'ModificationTimestamp'].includes(name));
      const more = ours.map(([name, json]) => `,"${name}": ${json}`).join('');
      return `{"@odata.id":"i","ListingKey":"${key}","ModificationTimestamp":"${STAMP}"${more}}`;
    });
  test('promise 7: becomes the same row, hash and reasons as its text', async () => {
    let bytes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (texts) => {
        const page = await cut(texts);
        bytes += page.records.filter((record) => typeof record !== 'string').length;
        const done = createTransformer(property)(page);
        expect(withText(done)).toEqual(withText(take(property, texts)));
      }),
      { numRuns: 500 },
    );
    expect(bytes).toBeGreaterThan(500);
  });

  test('promise 7: has the values that JSON.parse finds in it', () => {
    fc.assert(
      fc.property(text, (json) => {
        // A name with an escape in it is left to JSON.parse, and all of its record with it.
        const parsed = `${json.slice(0, -1)},"\\u0058_Other":1}`;
        const [one, other] = [take(property, [json]), take(property, [parsed])];
        expect(one.rows.map((row) => row.values)).toEqual(other.rows.map((row) => row.values));
        expect(one.rejects.map(({ reasons }) => reasons)).toEqual(
          other.rejects.map(({ reasons }) => reasons),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('a page that is transformed in slices gives the same result', async () => {
    const texts = Array.from({ length: 130 }, (_, nth) =>
      JSON.stringify(
        listing({
          ListingKey: String(nth % 120),
          City: `City ${nth}`,
          ...(nth === 77 ? { ListPrice: 'x' } : {}),
        }),
      ),
    );
    const page = { ...(await cut(texts)), damaged: new Set([125]) };
    const done = await createSlicedTransformer(property)(page);
    expect(done).toEqual(createTransformer(property)(page));
    expect([done.rows.length, done.rejects.length, done.skippedOlder]).toEqual([118, 2, 10]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { createContentHasher, hashText } from '../../src/transform/hash.ts';

const ofMedia = createContentHasher(media);
const ofListing = createContentHasher(property);
const json = (record: object): string => JSON.stringify(record);

describe('createContentHasher', () => {
  test('promise 9: a MediaURL that differs by its signature, and a re-stamp, are no change', () => {
    const record = {
      MediaKey: '1',
      MediaURL: 'https://x/?s=1',
      ModificationTimestamp: '2026-01-01T00:00:00Z',
      Order: 1,
    };
    const again = {
      ...record,
      MediaURL: 'https://x/?s=2&q="\\',
      ModificationTimestamp: '2026-02-02T00:00:00Z',
    };
    expect(ofMedia(json(again))).toBe(ofMedia(json(record)));
  });

  test('the server’s annotations are no change', () => {
    expect(ofListing('{"@odata.id":"a","ListingKey":"1"}')).toBe(
      ofListing('{"@odata.id":"b","ListingKey":"1"}'),
    );
  });

  test('a listing’s MediaURL or MediaModificationTimestamp is content like any other field', () => {
    expect(ofListing('{"MediaURL":"a"}')).not.toBe(ofListing('{"MediaURL":"b"}'));
    expect(ofMedia('{"MediaModificationTimestamp":"a"}')).not.toBe(
      ofMedia('{"MediaModificationTimestamp":"b"}'),
    );
    expect(ofMedia('{"XModificationTimestamp":"a"}')).not.toBe(ofMedia('{"XModificationTimestamp":"b"}'));
  });

  test('a volatile field’s name inside another field’s text is content', () => {
    const quoting = (text: string): string => json({ Remarks: `"MediaURL":"${text}"` });
    expect(ofMedia(quoting('a'))).not.toBe(ofMedia(quoting('b')));
    expect(ofMedia(json({ MediaURL: 'x\\', Order: 1 }))).not.toBe(
      ofMedia(json({ MediaURL: 'x\\', Order: 2 })),
    );
  });

  test('a MediaURL that was removed is a change', () => {
    expect(ofMedia('{"MediaKey":"1","MediaURL":null}')).not.toBe(ofMedia('{"MediaKey":"1","MediaURL":"a"}'));
  });

  test('a new column changes the hash of every row', () => {
    const wider = { ...media, fields: [...media.fields, ...property.fields.slice(0, 1)] };
    expect(createContentHasher(wider)('{}')).not.toBe(ofMedia('{}'));
  });

  test('volatile fields never count, every other field does', () => {
    const name = fc.constantFrom(...media.fields.map((field) => field.name), 'X_Own', '@odata.etag');
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\\"', '":"'));
    fc.assert(
      fc.property(fc.dictionary(name, value), name, value, value, (record, changed, before, after) => {
        fc.pre(before !== after);
        const one = ofMedia(json({ ...record, [changed]: before }));
        const other = ofMedia(json({ ...record, [changed]: after }));
        expect(one === other).toBe(media.volatile.includes(changed) || changed.startsWith('@odata.'));
      }),
      { numRuns: 1000 },
    );
  });

  test('promise 5: an annotation of the server may have any length', () => {
    expect(ofListing(`{"@odata.id":"${'a'.repeat(12_000_000)}"}`)).toHaveLength(32);
  });
});

describe('hashText', () => {
  test('is 128 bits of SHA-256 in hex', () => {
    expect(hashText('')).toBe('e3b0c44298fc1c149afbf4c8996fb924');
  });
});

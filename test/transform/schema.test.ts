import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { createSchema } from '../../src/transform/schema.ts';
import { withCursor } from '../../src/dataset/reading.ts';

const good = { MediaKey: '1', ResourceRecordKey: '2', ModificationTimestamp: '2026-01-01T00:00:00Z' };
const spoilt = { Order: 'first', PreferredPhotoYN: 'x', ImageWidth: 1.5 };

test('promise 5: every essential field that fails is reported, not only the first', () => {
  const result = createSchema(media).safeParse(spoilt);
  expect(result.error?.issues.map((issue) => [issue.path.join('.'), issue.message]).toSorted()).toEqual([
    ['MediaKey', 'is missing'],
    ['ModificationTimestamp', 'is missing'],
    ['ResourceRecordKey', 'is missing'],
  ]);
});

test('promise 7: with STRICT_FIELDS every field that is not exact fails the record', () => {
  const result = createSchema({ ...media, isStrict: true }).safeParse({ ...good, ...spoilt });
  expect(result.error?.issues.map((issue) => [issue.path.join('.'), issue.message]).toSorted()).toEqual([
    ['ImageWidth', 'is not a whole number'],
    ['Order', 'is not a number'],
    ['PreferredPhotoYN', 'is neither true nor false'],
  ]);
});

test('promise 7: without it the record is stored, and each such field is reported', () => {
  const { values, issues } = createSchema(media).parse({ ...good, ...spoilt });
  expect(values).toMatchObject({ MediaKey: '1', ImageWidth: '2', Order: null, PreferredPhotoYN: null });
  expect(issues.map(({ field, action, value }) => `${field} ${action} ${value}`).toSorted()).toEqual([
    'ImageWidth rounded 1.5',
    'Order null first',
    'PreferredPhotoYN null x',
  ]);
});

const price = (value: unknown, isStrict?: true) =>
  createSchema({ ...property, ...(isStrict ? { isStrict } : {}) }).safeParse({
    ListingKey: '1',
    ModificationTimestamp: '2026-01-01T00:00:00Z',
    ListPrice: value,
  });

test('promise 7: a double’s noise in an essential number is rounded away, more than that fails the record', () => {
  expect(price(449_000.000_000_000_06).data).toMatchObject({
    values: { ListPrice: '449000' },
    issues: [{ field: 'ListPrice', action: 'rounded' }],
  });
  expect(price('449000.001').success).toBe(false);
  expect(price(449_000.000_000_000_06, true).success).toBe(false);
});

const essentials: Readonly<Record<string, unknown>> = {
  ListingKey: 'k'.repeat(256),
  ModificationTimestamp: 'yesterday',
  StandardStatus: 'x'.repeat(101),
  ListPrice: 'much',
  ClosePrice: 1e15,
  InternetEntireListingDisplayYN: 'maybe',
  InternetAddressDisplayYN: 2,
  InternetAutomatedValuationDisplayYN: {},
};

test.each(Object.entries(essentials))('promise 7: %s is essential', (field, value) => {
  const record = { ListingKey: '1', ModificationTimestamp: '2026-01-01T00:00:00Z', [field]: value };
  const result = createSchema(property).safeParse(record);
  expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([field]);
});

test('a field that the user added is required too if it is the cursor', () => {
  expect(createSchema(media).safeParse(good).success).toBe(true);
  const result = createSchema(withCursor(media, 'MediaModificationTimestamp')).safeParse(good);
  expect(result.error?.issues).toMatchObject([
    { path: ['MediaModificationTimestamp'], message: 'is missing' },
  ]);
});

test('fields that the dataset lacks are dropped', () => {
  expect(createSchema(media).parse({ ...good, Own: 1 }).values).not.toHaveProperty('Own');
});

import { expect, test } from 'vitest';
import { media } from '../../src/resources/media.ts';
import { schemaOf } from '../../src/transform/schema.ts';

test('promise 5: every issue is collected with its field, not only the first', () => {
  const result = schemaOf(media).safeParse({ Order: 'first', PreferredPhotoYN: 'x', ImageWidth: 1.5 });
  expect(result.error?.issues.map((issue) => [issue.path.join('.'), issue.message]).toSorted()).toEqual([
    ['ImageWidth', 'is no whole number'],
    ['MediaKey', 'is missing'],
    ['ModificationTimestamp', 'is missing'],
    ['Order', 'is no number'],
    ['PreferredPhotoYN', 'is neither true nor false'],
    ['ResourceRecordKey', 'is missing'],
  ]);
});

test('a field of the user’s own as the cursor is required too', () => {
  const record = { MediaKey: '1', ResourceRecordKey: '2', ModificationTimestamp: '2026-01-01T00:00:00Z' };
  expect(schemaOf(media).safeParse(record).success).toBe(true);
  const result = schemaOf({ ...media, cursor: 'MediaModificationTimestamp' }).safeParse(record);
  expect(result.error?.issues).toMatchObject([
    { path: ['MediaModificationTimestamp'], message: 'is missing' },
  ]);
});

test('fields that are not described are dropped', () => {
  const record = {
    MediaKey: '1',
    ResourceRecordKey: '2',
    ModificationTimestamp: '2026-01-01T00:00:00Z',
    Own: 1,
  };
  expect(schemaOf(media).parse(record)).not.toHaveProperty('Own');
});

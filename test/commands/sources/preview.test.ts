import { expect, test } from 'vitest';
import { addBatch, EMPTY_PREVIEW, findDoubts } from '../../../src/commands/sources/preview/collect.ts';
import { formatPreview } from '../../../src/commands/sources/preview/format.ts';
import type { ItemBatch, ItemRecord } from '../../../src/sources/items.ts';

function recordOf(key: string, more: Partial<ItemRecord> = {}): ItemRecord {
  const item = {
    title: `Note ${key}`,
    description: null,
    category: null,
    url: null,
    amount: '12.50',
    quantity: null,
    metadata: '{}',
    publishedAt: null,
  };
  const payload = JSON.stringify({ id: key, subject: `Note ${key}`, text: 'x '.repeat(60), price: 12.5 });
  return {
    key,
    item,
    error: undefined,
    notes: [],
    missing: [],
    payload,
    place: `page 1, record ${key}`,
    ...more,
  };
}

function batchOf(place: string, records: readonly ItemRecord[], warnings: readonly string[] = []): ItemBatch {
  return {
    records,
    place,
    warnings,
    checkpoint: { kind: 'page', value: null, position: null, validators: {} },
  };
}

const failed = recordOf('2', { item: undefined, error: 'title is empty', missing: ['title', 'category'] });

test('counts records, missing fields, notes and errors over pages', () => {
  const first = addBatch(
    EMPTY_PREVIEW,
    batchOf('page 1', [recordOf('1', { missing: ['category'] }), failed], ['w']),
  );
  const both = addBatch(
    first,
    batchOf('page 2', [recordOf('3', { notes: ['title was cut'], missing: ['category'] })], ['w']),
  );
  expect(both).toMatchObject({ records: 3, items: 2, warnings: ['w'] });
  expect([...both.missing]).toEqual([
    ['category', 3],
    ['title', 1],
  ]);
  expect([...both.notes]).toEqual([['title was cut', 1]]);
  expect([...both.errors]).toEqual([['title is empty', 1]]);
  expect(findDoubts(both, 'api')).toEqual([
    'no record has category: correct it in the mapping (item), or remove it',
  ]);
});

test('finds a second page that repeats the first', () => {
  const first = addBatch(EMPTY_PREVIEW, batchOf('page 1', [recordOf('1'), recordOf('2')]));
  const both = addBatch(first, batchOf('page 2', [recordOf('2'), recordOf('3')]));
  expect(findDoubts(both, 'api')).toEqual([expect.stringMatching(/^1 .*check page/)]);
  expect(findDoubts(both, 'csv')).toEqual([expect.stringMatching(/^1 .*external_id/)]);
});

test('puts records beside items in 80 columns', () => {
  const preview = addBatch(EMPTY_PREVIEW, batchOf('page 1: 2 records', [recordOf('1'), failed]));
  const tested = {
    source: 'notes',
    type: 'api' as const,
    fields: ['external_id', 'title', 'amount', 'category'],
    advice: ['sort it'],
  };
  expect(`${formatPreview(tested, preview)}\n`).toBe(`\
notes (api): 2 records read, 1 item; nothing was written
  page 1: 2 records; ids start with 1, 2

Record 1: page 1, record 1              Item
id: 1                                   external_id: 1
subject: Note 1                         title: Note 1
text: x x x x x x x x x x x x x x x x…  category: NULL
price: 12.5                             amount: 12.50

Record 2: page 1, record 2              Not an item
id: 2                                   title is empty
subject: Note 2
text: x x x x x x x x x x x x x x x x…
price: 12.5

Records without a mapped field:
  1  title
  1  category

Records that cannot be items:
  1  title is empty

Warnings:
  sort it
`);
});

import { expect, test } from 'vitest';
import { ConfigError } from '../../../../src/errors.ts';
import { createNameCheck, withNameCheck } from '../../../../src/sources/items/map/name-check.ts';
import type { ItemBatch, ItemReader, ItemReadOptions } from '../../../../src/sources/items.ts';
import { itemMapping } from '../../../../src/sources/items/map/settings.ts';

const PAYLOADS = ['{"id":1,"a.b.":"x"}', '{"id":2,"@type":"y"}', '"no object"'];

const locate = (path: readonly PropertyKey[]) => path.join('/');

/** The keys of the mapping that the check refuses. */
function refused(mapping: object, payloads: readonly string[] = PAYLOADS): string[] {
  const item = itemMapping.parse({ external_id: 'id', title: 'title', ...mapping });
  try {
    createNameCheck('notes', item, locate)(payloads);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message.split(/; (?=item\/)/).map((each) => each.split(': ')[0]!);
  }
  return [];
}

test.each([
  ['an expression', { title: 'a.b[0]' }, []],
  ['an expression that is none', { title: 'a.b[0' }, ['item/title']],
  ['a name of a field of some record', { title: 'a.b.', category: '@type' }, []],
  ['a name without signs of an expression', { title: 'License No', category: 'Cost, USD' }, []],
  ['a part of a template', { title: '{id}, {a..b}' }, ['item/title']],
  [
    'a value with from, and one of the metadata',
    { amount: { from: 'x[' }, metadata: ['id', 'y('] },
    ['item/amount/from', 'item/metadata/1'],
  ],
  [
    'a function that does not exist',
    { title: 'upcase(title)', category: 'Kind (all)' },
    ['item/title', 'item/category'],
  ],
  ['a fixed text', { category: { text: 'a[' } }, []],
])('%s', (_, mapping, expected) => {
  expect(refused(mapping)).toEqual(expected);
});

test('without records nothing is known', () => {
  expect(refused({ title: 'a[' }, [])).toEqual([]);
});

test('records that a reader passes on early are checked before their batch', async () => {
  const item = itemMapping.parse({ external_id: 'id', title: 'a[' });
  const record = {
    key: '1',
    item: undefined,
    error: 'x',
    notes: [],
    missing: [],
    place: 'p',
    payload: '{"id":1}',
  };
  const checkpoint = { kind: 'file' as const, value: null, position: null, validators: {} };
  const reader = {
    async *read({ onRecords }: ItemReadOptions): AsyncGenerator<ItemBatch> {
      onRecords?.([record]);
      yield { records: [], checkpoint, place: 'p', warnings: [] };
    },
  } as Partial<ItemReader> as ItemReader;
  const taken: string[] = [];
  const onRecords: ItemReadOptions['onRecords'] = (records) => taken.push(...records.map(({ key }) => key));
  const read = withNameCheck(reader, createNameCheck('notes', item, locate)).read(
    { checkpoint: undefined, always: false, onRecords },
    new AbortController().signal,
  );
  await expect(read[Symbol.asyncIterator]().next()).rejects.toThrow(ConfigError);
  expect(taken).toEqual(['1']);
});

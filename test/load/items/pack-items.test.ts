import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createItemPacker,
  type ItemContent,
  linesOf,
  unpackItem,
} from '../../../src/load/items/pack-items.ts';
import { hashText } from '../../../src/transform/hash.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\\N', 'a\tb\nc\\', "it's", 'long '.repeat(40)),
);
const maybe = fc.option(text);

const content: fc.Arbitrary<ItemContent> = fc
  .record({
    key: text,
    payload: text,
    title: text,
    description: maybe,
    category: maybe,
    url: maybe,
    amount: maybe,
    quantity: maybe,
    metadata: text,
    publishedAt: maybe,
    error: fc.option(text),
  })
  .map(({ key, payload, error, ...columns }) => ({
    key,
    payload,
    hash: hashText(payload),
    item: error === null ? { columns, hash: hashText(JSON.stringify(columns)) } : undefined,
    error,
  }));

test.each(['local', 'insert'] as const)('a record that is packed for %s has its values again', (method) => {
  fc.assert(
    fc.property(fc.array(content, { maxLength: 20 }), (contents) => {
      const packer = createItemPacker(method);
      for (const each of contents) packer.add(each);
      const pack = packer.take();
      expect(pack.writes.map((write) => unpackItem(pack, write))).toEqual(contents);
    }),
  );
});

test('the lines of some records are those records, in as few parts as possible', () => {
  const lines = Buffer.from('one\ntwo\nthree\nfour\n');
  const join = (spans: [number, number][]): string[] => linesOf(lines, spans).map(String);
  expect(
    join([
      [0, 4],
      [4, 8],
      [8, 14],
    ]),
  ).toEqual(['one\ntwo\nthree\n']);
  expect(
    join([
      [0, 4],
      [8, 14],
    ]),
  ).toEqual(['one\n', 'three\n']);
  expect(join([])).toEqual([]);
  const many = Array.from({ length: 20 }, (): [number, number] => [8, 14]);
  expect(join(many)).toEqual(['three\n'.repeat(20)]);
});

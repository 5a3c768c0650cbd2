import { describe, expect, test } from 'vitest';
import type { FeedEntry } from '../../../../src/sources/items/rss/entry.ts';
import { identifyEntries, normalizeLink } from '../../../../src/sources/items/rss/identity.ts';

const entry = (fields: Omit<FeedEntry, 'rest'>): FeedEntry => ({ ...fields, rest: {} });
const many = (count: number, make: (n: number) => Omit<FeedEntry, 'rest'>): FeedEntry[] =>
  Array.from({ length: count }, (_, n) => entry(make(n)));

describe('the identity of entries', () => {
  test('is the id, else the link', () => {
    const entries = [entry({ id: 'a', link: 'https://x/1' }), entry({ link: 'https://x/2' })];
    expect(identifyEntries(entries, 'id')).toEqual({ keys: ['a', 'https://x/2'], degradedTo: undefined });
  });

  test('pitfall 27: entries that all have one id are identified by their links, which is told', () => {
    const entries = many(10, (n) => ({ id: 'same', link: `https://x/${n}` }));
    const { keys, degradedTo } = identifyEntries(entries, 'id');
    expect([new Set(keys).size, degradedTo]).toEqual([10, 'link']);
  });

  test('pitfall 27: and by link and date if the links are the same too', () => {
    const entries = many(10, (n) => ({ id: 'same', link: 'https://x/', published: `2026-01-0${n + 1}` }));
    const { keys, degradedTo } = identifyEntries(entries, 'id');
    expect([new Set(keys).size, degradedTo]).toEqual([10, 'link+date']);
  });

  test('one id that two entries of a long document have is made unique with their links', () => {
    const entries = many(40, (n) => ({ id: n < 2 ? 'twice' : `id ${n}`, link: `https://x/${n}` }));
    const { keys, degradedTo } = identifyEntries(entries, 'id');
    expect(degradedTo).toBeUndefined();
    expect([new Set(keys).size, keys[2]]).toEqual([40, 'id 2']);
    expect(keys[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(identifyEntries(entries.toReversed(), 'id').keys.at(-1)).toBe(keys[0]);
  });

  test('an entry that is listed twice is one', () => {
    const entries = [
      ...many(3, (n) => ({ id: `${n}`, link: `https://x/${n}` })),
      entry({ id: '1', link: 'https://x/1' }),
    ];
    expect(identifyEntries(entries, 'id')).toEqual({
      keys: ['0', '1', '2', undefined],
      degradedTo: undefined,
    });
  });

  test('pitfall 28: with identity: link, an id that changes is no new entry, nor is http or a tracking parameter', () => {
    const before = identifyEntries([entry({ id: 'a', link: 'http://x/1?a=1&utm_source=rss' })], 'link');
    const after = identifyEntries(
      [entry({ id: 'b', link: 'https://x/1?a=1&utm_medium=feed&fbclid=2' })],
      'link',
    );
    expect(before.keys).toEqual(after.keys);
    expect(normalizeLink('https://x/1?b=1&a=2#c')).toBe('https://x/1?b=1&a=2#c');
  });

  test('pitfall 29: title and text do not make the identity if there is another', () => {
    const [one, other] = ['old', 'new'].map(
      (title) => identifyEntries([entry({ link: 'https://x/1', title, description: title })], 'id').keys,
    );
    expect(one).toEqual(other);
    const [none, edited] = ['old', 'new'].map((title) => identifyEntries([entry({ title })], 'id').keys);
    expect(none).not.toEqual(edited);
  });

  test('pitfall 30: ids that differ by case only are two, and long ones stay whole for the mapper', () => {
    const long = 'x'.repeat(300);
    const entries = [entry({ id: 'Ab' }), entry({ id: 'aB' }), entry({ id: long })];
    expect(identifyEntries(entries, 'id').keys).toEqual(['Ab', 'aB', long]);
  });
});

import { describe, expect, test } from 'vitest';
import type { RawRecord } from '../../../../src/sources/items.ts';
import { guessMapping } from '../../../../src/sources/items/stub/guess-mapping.ts';

function mappingOf(...records: RawRecord[]) {
  const { values, rest } = guessMapping(records);
  return { ...Object.fromEntries(values.map(({ name, value }) => [name, value])), rest };
}

function doubtsOf(...records: RawRecord[]): string[] {
  return guessMapping(records).values.flatMap(({ name, doubt }) => (doubt === undefined ? [] : [name]));
}

describe('guessMapping', () => {
  test('finds fields by their names and by what parses', () => {
    expect(
      mappingOf(
        {
          id: 7,
          headline: 'One',
          link: 'https://a.example/1',
          price: '$1,250.00',
          pub_date: '2026-01-02T03:04:05Z',
          x: 1,
        },
        {
          id: 8,
          headline: 'Two',
          link: 'https://a.example/2',
          price: null,
          pub_date: '2026-01-03T03:04:05Z',
          x: 1,
        },
      ),
    ).toEqual({
      external_id: 'id',
      title: 'headline',
      url: 'link',
      amount: 'price',
      published_at: 'pub_date',
      rest: ['x'],
    });
  });

  test('does not take an id that repeats, a url that is none, or a date that is none', () => {
    const found = mappingOf(
      { id: 1, ref_no: 'a', title: 'x', url: 'see below', date: 'soon' },
      { id: 1, ref_no: 'b', title: 'y', url: 'see below', date: 'later' },
    );
    expect(found).toMatchObject({ external_id: 'ref_no', title: 'title' });
    expect(found).not.toHaveProperty('url');
    expect(found).not.toHaveProperty('published_at');
  });

  test('takes an address out of a map', () => {
    expect(mappingOf({ id: 1, title: 'x', link: { url: 'https://a.example/1' } })).toMatchObject({
      url: 'link.url',
    });
  });

  test('marks what is doubtful: days that could be months, dates without a zone, a missing id', () => {
    expect(doubtsOf({ id: '1', title: 'x', date: '03/04/2026' })).toEqual(['published_at']);
    expect(doubtsOf({ id: '1', title: 'x', date: '03/14/2026' })).toEqual(['published_at']);
    expect(doubtsOf({ id: '1', title: 'x', date: '2026-03-14T00:00:00Z' })).toEqual([]);
    expect(doubtsOf({ color: 'red' }, { color: 'red' })).toEqual(['external_id', 'title']);
    expect(doubtsOf()).toEqual(['external_id', 'title']);
  });

  test.each([
    ['14.03.2026', { from: 'date', format: 'dd.MM.yyyy' }],
    ['14/03/2026', { from: 'date', format: 'dd/MM/yyyy' }],
    ['1773446400', { from: 'date', format: 'unix' }],
    ['1773446400000', { from: 'date', format: 'unix_ms' }],
    ['Sat, 14 Mar 2026 00:00:00 GMT', 'date'],
  ])('finds the format of %s', (date, value) => {
    expect(mappingOf({ id: 1, title: 'x', date })).toMatchObject({ published_at: value });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, RawRecord } from '../../../../src/sources/items.ts';
import { compileMapper, type MapOptions } from '../../../../src/sources/items/map/compile.ts';
import { itemMapping } from '../../../../src/sources/items/map/settings.ts';

function mapperOf(item: object, options: Partial<MapOptions> = {}) {
  const mapping = itemMapping.parse({ external_id: 'id', title: 'title', ...item });
  return compileMapper(mapping, { empty: [], ...options });
}

function map(item: object, record: RawRecord, options: Partial<MapOptions> = {}) {
  return mapperOf(item, options).map({ id: '1', title: 'A title', ...record }, JSON.stringify(record));
}

/** Characters as MySQL counts them. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

const dates: [value: object | string, text: Json, expected: string | null][] = [
  ['d', '2026-10-05', '2026-10-05 00:00:00.000'],
  ['d', '2026-10-05T12:30:00Z', '2026-10-05 12:30:00.000'],
  ['d', '2026-10-05T12:30:00.1239-05:00', '2026-10-05 17:30:00.123'],
  ['d', '2026-10-05 12:00:00', '2026-10-05 12:00:00.000'],
  ['d', '2026-10-05T12:30', '2026-10-05 12:30:00.000'],
  ['d', 'Mon, 05 Oct 2026 12:00:00 GMT', '2026-10-05 12:00:00.000'],
  ['d', '5 Oct 2026 12:00:00 EST', '2026-10-05 17:00:00.000'],
  ['d', '2026-02-30', null],
  ['d', '10/05/2026', null],
  ['d', 'soon', null],
  ['d', 1_790_000_000, null],
  ['d', '0026-10-05', null],
  [{ from: 'd', zone: 'America/Chicago' }, '2026-10-05 12:00:00', '2026-10-05 17:00:00.000'],
  [{ from: 'd', zone: 'America/Chicago' }, '2026-10-05', '2026-10-05 05:00:00.000'],
  [{ from: 'd', zone: 'America/Chicago' }, '2026-12-05T12:00:00+00:00', '2026-12-05 12:00:00.000'],
  [{ from: 'd', format: 'MM/dd/yyyy' }, '10/05/2026', '2026-10-05 00:00:00.000'],
  [{ from: 'd', format: 'MM/dd/yyyy', zone: 'America/Chicago' }, '01/05/2026', '2026-01-05 06:00:00.000'],
  [{ from: 'd', format: 'MM/dd/yyyy' }, '02/30/2026', null],
  [{ from: 'd', format: 'dd.MM.yyyy' }, '05.10.2026', '2026-10-05 00:00:00.000'],
  [{ from: 'd', format: 'unix' }, 1_790_000_000, '2026-09-21 14:13:20.000'],
  [{ from: 'd', format: 'unix' }, '1790000000.25', '2026-09-21 14:13:20.250'],
  [{ from: 'd', format: 'unix_ms' }, 1_790_000_000_123, '2026-09-21 14:13:20.123'],
  [{ from: 'd', format: 'unix' }, 'yesterday', null],
];

const amounts: [value: object | string, text: Json, expected: string | null][] = [
  ['a', '1,250.00', '1250'],
  ['a', 1250.5, '1250.5'],
  ['a', '12345678901234567.123456', '12345678901234567.123456'],
  ['a', '(1,234.50)', '-1234.5'],
  ['a', '1,234.50-', '-1234.5'],
  ['a', '-$1,234.50', '-1234.5'],
  ['a', '$ -1,234.50', '-1234.5'],
  ['a', '($1,234.50)', '-1234.5'],
  ['a', 'USD 1,234.50', '1234.5'],
  ['a', '1 234.50 €', '1234.5'],
  ['a', "CHF 1'234.50", '1234.5'],
  ['a', '12,34,567', '1234567'],
  ['a', '1.5e3', '1500'],
  ['a', '.5', '0.5'],
  ['a', '1,5', null],
  ['a', '1.234.567', null],
  ['a', '12 apples', null],
  ['a', '--5', null],
  ['a', '', null],
  [{ from: 'a', decimal: ',' }, '1.234,50', '1234.5'],
  [{ from: 'a', decimal: ',' }, '1234,5', '1234.5'],
  [{ from: 'a', decimal: ',' }, '1,234.50', null],
  ['a', '1234567890123456789', null],
  ['a', '0.1234565', '0.123457'],
];

describe('dates', () => {
  test.each(dates)('%j reads %j as %s', (value, text, expected) => {
    const { item, notes } = map({ published_at: value }, { d: text });
    expect(item?.publishedAt).toBe(expected);
    expect(notes.length).toBe(expected === null ? 1 : 0);
  });

  test.each(['MM/DD/YYYY', 'YYYY-MM-DD', 'DD.MM.yyyy', 'MM/dd'])('the format %s is refused', (format) => {
    const parsed = itemMapping.safeParse({
      external_id: 'id',
      title: 't',
      published_at: { from: 'd', format },
    });
    expect(parsed.error?.message).toContain('MM/dd/yyyy');
  });

  test('an unknown zone is refused', () => {
    const value = { from: 'd', zone: 'Mars/Phobos' };
    const parsed = itemMapping.safeParse({ external_id: 'id', title: 't', published_at: value });
    expect(parsed.success).toBe(false);
  });
});

describe('fault 9: numbers are read as they are written', () => {
  test.each(amounts)('%j reads %j as %s', (value, text, expected) => {
    const { item } = map({ amount: value }, { a: text });
    expect(item?.amount).toBe(expected);
  });

  test('what cannot be stored has a note without the value', () => {
    expect(map({ amount: 'a' }, { a: '12 apples' }).notes).toEqual(['amount is not a number']);
    expect(map({ amount: 'a' }, { a: '0.1234565' }).notes).toHaveLength(1);
    expect(map({ quantity: 'q' }, { q: '1,200' })).toMatchObject({ item: { quantity: '1200' }, notes: [] });
    expect(map({ quantity: 'q' }, { q: '2.5' }).notes).toEqual(['quantity is not a whole number']);
    expect(map({ quantity: 'q' }, { q: '9223372036854775808' }).item?.quantity).toBeNull();
  });

  test('every amount of the column comes back, in each way of writing it', () => {
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.nat(999_999), fc.boolean());
    fc.assert(
      fc.property(digits, fc.constantFrom(',', "'", ' '), ([whole, part, isNegative], group) => {
        const fraction = String(part).padStart(6, '0');
        const grouped = String(whole).replaceAll(/\B(?=(?:\d{3})+$)/g, group);
        const text = isNegative ? `(${grouped}.${fraction})` : `$${grouped}.${fraction}`;
        const plain = fraction.replace(/0+$/, '');
        const expected = `${whole}${plain === '' ? '' : `.${plain}`}`;
        const sign = isNegative && expected !== '0' ? '-' : '';
        expect(map({ amount: 'a' }, { a: text })).toMatchObject({
          item: { amount: sign + expected },
          notes: [],
        });
      }),
    );
  });
});

describe('fields', () => {
  test.each<[string, RawRecord, string | undefined]>([
    ['License No', { 'License No': 'L 7' }, 'L 7'],
    ['Price (USD)', { 'Price (USD)': 'x' }, 'x'],
    ['link.url', { 'link.url': 'own', link: { url: 'nested' } }, 'own'],
    ['link.url', { link: { url: 'nested' } }, 'nested'],
    [':updated_at', { ':updated_at': 'x' }, 'x'],
    ['first-name', { 'first-name': 'x' }, 'x'],
    ['headline || name', { name: 'x' }, 'x'],
    ['tags', { tags: ['a', null, 'b'] }, 'a, b'],
    ['tags[0]', { tags: ['a', 'b'] }, 'a'],
    ['{a}, {b}', { a: 'x', b: 'y' }, 'x, y'],
    ['{a}, {b}, {c}', { a: 'x', c: 'z' }, 'x, z'],
    ['{a}, {b}', { b: 'y' }, 'y'],
    ['{First Name} {Last Name}', { 'First Name': ' Ann ', 'Last Name': null }, 'Ann'],
    ['{a}, {b}', { a: '', b: null }, undefined],
    ['__proto__', { id: '1' }, undefined],
    ['constructor', { id: '1' }, undefined],
  ])('%s of %j is %s', (title, record, expected) => {
    expect(map({ title }, record).item?.title).toBe(expected);
  });

  test('a fixed text is in every record', () => {
    expect(map({ title: { text: 'A rate' } }, {})).toMatchObject({
      item: { title: 'A rate' },
      missing: [],
    });
  });

  test('fields that the record does not have are named; null is a value', () => {
    const item = { category: 'kind', amount: 'price.value', url: '{a}{b}', description: 'x || y' };
    expect(map(item, {}).missing).toEqual(['description', 'category', 'url', 'amount']);
    expect(map(item, { kind: null, price: {}, b: null, y: '' }).missing).toEqual([]);
  });

  test('pitfall 22: texts that mean nothing are NULL', () => {
    const { item, notes } = map(
      { amount: 'a', category: 'c' },
      { a: '.', c: ' N/A ' },
      { empty: ['.', 'N/A'] },
    );
    expect(item).toMatchObject({ amount: null, category: null });
    expect(notes).toEqual([]);
  });
});

describe('texts', () => {
  test('fault 10: a title that is missing, null or blank is an error', () => {
    for (const record of [{ title: undefined }, { title: null }, { title: ' \n' }, { title: '<p> </p>' }])
      expect(map({}, record)).toMatchObject({ key: '1', item: undefined, error: 'title is empty' });
  });

  test('a long title is cut between characters, and whole in the metadata', () => {
    const title = '🏠'.repeat(501);
    const { item, notes } = map({}, { title });
    expect(lengthOf(item!.title)).toBe(500);
    expect(item!.title.isWellFormed()).toBe(true);
    expect(JSON.parse(item!.metadata)).toEqual({ full_title: title });
    expect(notes).toEqual(['title was cut to 500 characters']);
    expect(map({}, { title: '🏠'.repeat(500) }).notes).toEqual([]);
  });

  test('a long category is cut', () => {
    const { item, notes } = map({ category: 'c' }, { c: 'x'.repeat(201) });
    expect(item!.category).toHaveLength(200);
    expect(notes).toEqual(['category was cut to 200 characters']);
  });

  test.each<[string, string | null]>([
    ['https://example.com/a?b=c', 'https://example.com/a?b=c'],
    [' http://example.com ', 'http://example.com'],
    ['javascript:alert(1)', null],
    ['/a/b', null],
    ['https://', null],
    [`https://example.com/${'x'.repeat(2029)}`, null],
  ])('the url %s', (u, expected) => {
    const { item, notes } = map({ url: 'u' }, { u });
    expect(item!.url).toBe(expected);
    expect(notes).toHaveLength(expected === null ? 1 : 0);
  });

  test.each(['<!--', '<div>', '<b>', '<li>x', '<table><tr>'])(
    'pitfall 39: HTML that repeats %s for ever is no reason to fail, and takes no time',
    (part) => {
      const start = process.cpuUsage().user;
      for (const count of [5000, 200_000]) {
        const { item } = map({ description: 'd' }, { d: `<b>words</b>${part.repeat(count)}` });
        expect(item!.description).toContain('words');
      }
      expect(process.cpuUsage().user - start).toBeLessThan(10_000_000);
    },
  );

  test('pitfall 39: HTML becomes text unless it is kept; a comparison is none', () => {
    const html = '<p>A &amp; B</p><p>see <a href="https://x.example">there</a><img src="i.png"></p>';
    expect(map({ description: 'd' }, { d: html }).item!.description).toBe('A & B\n\nsee there');
    expect(map({ description: 'd' }, { d: html }, { html: 'keep' }).item!.description).toBe(html);
    expect(map({}, { title: '<b>Big</b> <i>house</i>' }).item!.title).toBe('Big house');
    expect(map({}, { title: '2 < 3 and 4 > 1' }).item!.title).toBe('2 < 3 and 4 > 1');
  });

  test('objects are no texts', () => {
    expect(map({ category: 'c' }, { c: { a: 1 } }).notes).toEqual(['category is not a text or a number']);
  });
});

describe('keys', () => {
  test('fault 9: a null id is no id', () => {
    const records: RawRecord[] = [
      { id: null },
      { id: '' },
      { id: '  ' },
      { id: undefined },
      { id: { a: 1 } },
    ];
    for (const record of records) {
      const mapped = map({}, record);
      expect(mapped).toMatchObject({ item: undefined, error: 'external_id is empty' });
      expect(mapped.key).toMatch(/^no-id:[0-9a-f]{64}$/);
    }
    expect(map({}, { id: null, a: 1 }).key).not.toBe(map({}, { id: null, a: 2 }).key);
  });

  test('numbers are their digits, and the identity of a feed comes first', () => {
    expect(map({}, { id: 42 }).key).toBe('42');
    expect(map({}, { id: 0 }).key).toBe('0');
    expect(map({}, { id: '00123' }).key).toBe('00123');
    expect(mapperOf({}).map({ title: 't' }, '{}', 'guid').key).toBe('guid');
  });

  test('pitfall 30: an id with more than 255 characters is hashed, and whole in the metadata', () => {
    const id = `${'x'.repeat(255)}🏠`;
    const { key, item } = map({}, { id });
    expect(key).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(item!.metadata)).toEqual({ full_external_id: id });
    expect(map({}, { id: 'x'.repeat(255) }).key).toBe('x'.repeat(255));
    expect(map({}, { id: 'A' }).key).not.toBe(map({}, { id: 'a' }).key);
  });
});

describe('metadata', () => {
  const record = { a: 1, b: { c: [2] }, link: { url: 'https://x.example', kind: 'k' } };

  test('fault 9: the metadata has what is not mapped', () => {
    const metadataOf = (item: object) => JSON.parse(map(item, record).item!.metadata) as object;
    expect(metadataOf({ amount: 'a', url: 'link.url' })).toEqual({ b: record.b, link: record.link });
    expect(metadataOf({ metadata: 'all' })).toEqual({ id: '1', title: 'A title', ...record });
    expect(metadataOf({ metadata: 'none' })).toEqual({});
    expect(metadataOf({ metadata: ['a', 'b.c', 'x'] })).toEqual({ a: 1, 'b.c': [2] });
  });

  test('a field that is called __proto__ is data', () => {
    const odd = JSON.parse('{"id":"1","title":"t","__proto__":{"a":1}}') as RawRecord;
    expect(mapperOf({}).map(odd, '').item!.metadata).toBe('{"__proto__":{"a":1}}');
  });

  test('a value with thousands of levels is text', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const { item } = mapperOf({}).map({ id: '1', title: 't', deep }, '');
    expect(item!.metadata.length).toBeLessThan(1000);
  });
});

test('no record fails, and every text fits its column', () => {
  const item = {
    external_id: 'id',
    title: '{a}, {b.c}',
    description: 'd',
    category: 'c',
    url: 'u',
    amount: 'n',
    quantity: 'n',
    published_at: 'p',
  };
  const mapper = compileMapper(itemMapping.parse(item), { empty: [] });
  const text = fc.string({ unit: 'binary', maxLength: 700 });
  const json = fc.jsonValue().map((value) => value as Json);
  const values = fc.oneof(text, json, fc.constant('\uD800<b>\u0000'));
  const records = fc.record(
    {
      id: values,
      a: values,
      b: values,
      c: values,
      d: values,
      u: values,
      n: values,
      p: values,
      '\uDC00': values,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(records, (record) => {
      const payload = JSON.stringify(record);
      const one = mapper.map(record, payload);
      expect(lengthOf(one.key)).toBeLessThanOrEqual(255);
      if (one.item === undefined) return;
      expect(lengthOf(one.item.title)).toBeLessThanOrEqual(500);
      for (const value of Object.values(one.item)) expect(value?.isWellFormed() ?? true).toBe(true);
      expect(one.item.metadata).not.toMatch(/\\u0000|\\ud[89a-f]/);
      expect(JSON.parse(one.item.metadata)).toBeTypeOf('object');
      expect(mapper.map(JSON.parse(payload) as RawRecord, payload).key).toBe(one.key);
    }),
    { numRuns: 300 },
  );
});

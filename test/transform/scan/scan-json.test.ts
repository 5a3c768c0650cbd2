import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExact } from '../../../src/lib/exact-json.ts';
import { prepareNames, readJson, scanObject, createKeyTrail } from '../../../src/transform/scan/scan-json.ts';

const NAMES = ['a', 'Key', 'Größe', '__proto__', 'b c', 'toString', ''];
const names = prepareNames(NAMES);

type Members = [name: string, value: unknown][];

/** The requested members; undefined if that is left to JSON.parse. */
function scanned(text: string | Buffer): Members | undefined {
  // Bytes around the object must not matter.
  const bytes = Buffer.concat([Buffer.from('x{"'), Buffer.from(text), Buffer.from('"}1')]);
  const places = new Int32Array(names.offsetsLength);
  const end = scanObject(bytes, 3, names, places);
  if (end < 0) return undefined;
  // Exactly the object, from its first byte to its last.
  expect(end).toBe(bytes.length - 3);
  return NAMES.flatMap((name, nth) => {
    const [, value = 0, behind = 0] = places.subarray(3 * nth, 3 * nth + 3);
    return behind === 0 ? [] : [[name, readJson(bytes, 3 + value, 3 + behind)]];
  });
}

/** The same with JSON.parse; undefined if it is not a JSON object. */
function parsed(text: string): Members | undefined {
  try {
    const value = parseExact(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const own = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>;
    return NAMES.flatMap((name) => (Object.hasOwn(own, name) ? [[name, own[name]!.value as unknown]] : []));
  } catch {
    return undefined;
  }
}

const space = fc.stringMatching(/^[ \t\n\r]{0,2}$/);
const name = fc.oneof(
  fc.constantFrom(...NAMES, 'A', 'ab', 'c', '@odata.id', '@odata.etag'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const string = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u00e9\\/"', '"\\""', '"\\\\"', '"\\ud800"', '"{\\"a\\":1}"', '"123456789012345678"'),
);
const number = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,12})?([eE][+-]?\d{1,2})?$/);
const json = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    string,
    number,
    fc.constantFrom('true', 'false', 'null'),
    fc
      .tuple(space, fc.array(tie('value'), { maxLength: 3 }))
      .map(([gap, items]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
    tie('object'),
  ),
  object: fc.tuple(space, fc.array(fc.tuple(name, tie('value')), { maxLength: 6 })).map(([gap, members]) => {
    const texts = members.map(([key, value]) => `${JSON.stringify(key)}${gap}:${gap}${value}`);
    return `{${gap}${texts.join(`${gap},${gap}`)}${gap}}`;
  }),
}));

/** Texts that are nearly JSON: one or two characters of them are others, more or gone. */
const spoiled = fc
  .tuple(
    json.object,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom(0, 1),
        fc.constantFrom(...'{}[]:,"\\0-+.eEun1 \t\n\f\u0000\u001f\u00a0é'.split(''), ''),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((edited, [pick, gone, put]) => {
      const at = pick % (edited.length + 1);
      // As UTF-8 is: without half a pair.
      return (edited.slice(0, at) + put + edited.slice(at + gone)).toWellFormed();
    }, text),
  );

describe('scanObject', () => {
  test('finds the requested members and nothing else', () => {
    const text = '{"x":{"a":1}, "a" : [1, "]"] ,"Größe":"12\\n","Key":null,"ab":2}';
    expect(scanned(text)).toEqual([
      ['a', [1, ']']],
      ['Key', null],
      ['Größe', '12\n'],
    ]);
  });

  test('promise 7: reads any JSON as JSON.parse does, digit for digit, or leaves it to JSON.parse', () => {
    let read = 0;
    fc.assert(
      fc.property(json.object, (text) => {
        const found = scanned(text);
        if (found !== undefined) expect(found).toEqual(parsed(text));
        if (found !== undefined) read += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(7000);
  });

  test('promise 5: refuses what JSON.parse refuses', () => {
    let refused = 0;
    fc.assert(
      fc.property(spoiled, (text) => {
        const wanted = parsed(text);
        if (wanted === undefined) {
          // A shorter object may end before what is wrong: then it is not the whole text.
          const bytes = Buffer.from(text);
          expect(scanObject(bytes, 0, names, new Int32Array(names.offsetsLength))).not.toBe(bytes.length);
          refused += 1;
        } else if (text.startsWith('{') && text.endsWith('}')) {
          const found = scanned(text);
          if (found !== undefined) expect(found).toEqual(wanted);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(refused).toBeGreaterThan(3000);
  });

  test.each([
    ['a name with an escape', '{"\\u0061":1}'],
    ['a name that stands twice', '{"a":1,"a":2}'],
    ['many notes', `{${Array.from({ length: 5 }, (_, nth) => `"@odata.n${nth}":"x"`).join(',')}}`],
    ['great depth', `{"a":${'['.repeat(60)}${']'.repeat(60)}}`],
  ])('leaves %s to JSON.parse', (_, text) => {
    expect(parsed(text)).toBeDefined();
    expect(scanned(text)).toBeUndefined();
  });

  test('a hundred thousand brackets do not exhaust it', () => {
    expect(scanned(`{"a":${'['.repeat(100_000)}`)).toBeUndefined();
  });

  test('returns the offsets of the server’s annotations after those of the names', () => {
    const bytes = Buffer.from('{"@odata.id":"i","a":1,"@odata.etag":"e"}');
    const places = new Int32Array(names.offsetsLength);
    expect(scanObject(bytes, 0, names, places)).toBe(bytes.length);
    const notes = [NAMES.length, NAMES.length + 1].map((nth) => places.subarray(3 * nth, 3 * nth + 3));
    expect(notes.map(([start, , end]) => bytes.toString('utf8', start, end))).toEqual([
      '"@odata.id":"i"',
      '"@odata.etag":"e"',
    ]);
  });

  test('an object that is truncated anywhere is refused', () => {
    const bytes = Buffer.from('{"a":"é\\u00e9\\n","b":[1.5e3,{"c":null}],"d":-0.1,"e":true,"f":false}');
    for (let end = 0; end < bytes.length; end += 1) {
      expect(
        scanObject(bytes.subarray(0, end), 0, names, new Int32Array(names.offsetsLength)),
        `${end} bytes`,
      ).toBe(-1);
    }
  });

  test('promise 7: the trail of the previous object does not change the result', () => {
    const own = fc.oneof(
      name,
      fc.constantFrom('ab', 'abc', 'abcd', 'abcde', 'abcdf', 'a much longer name', ''),
    );
    const list = fc
      .tuple(fc.array(own, { maxLength: 8 }), fc.array(fc.array(fc.tuple(own, json.value), { maxLength: 2 })))
      .chain(([same, others]) =>
        fc.tuple(
          ...others.map((more) =>
            fc
              .tuple(fc.array(json.value, { minLength: 8, maxLength: 8 }), fc.nat(8), space)
              .map(([values, at, gap]) => {
                const members = same.map((key, nth) => [key, values[nth]!] as const);
                const texts = members.toSpliced(at, more.length === 2 ? 1 : 0, ...more);
                return `{${texts.map(([key, value]) => `${JSON.stringify(key)}${gap}:${value}`).join(',')}}`;
              }),
          ),
        ),
      );
    let found = 0;
    fc.assert(
      fc.property(list, fc.nat(3), (texts, lost) => {
        const whole = Buffer.from(texts.join(','));
        // Its last object may be cut off.
        const bytes = whole.subarray(0, Math.max(0, whole.length - lost));
        const trail = createKeyTrail(bytes);
        let from = 0;
        for (const text of texts) {
          const [plain, trailed] = [new Int32Array(names.offsetsLength), new Int32Array(names.offsetsLength)];
          const end = scanObject(bytes, from, names, plain);
          expect(scanObject(bytes, from, names, trailed, trail)).toBe(end);
          if (end >= 0) expect(trailed).toEqual(plain);
          if (end >= 0) found += 1;
          from += Buffer.byteLength(text) + 1;
        }
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(3000);
  });

  test('an object with more members than the trail is still read', () => {
    const members = Array.from({ length: 2100 }, (_, nth) => [`n${nth}`, nth] as const);
    const one = JSON.stringify(Object.fromEntries([...members, ['Key', 1]]));
    const bytes = Buffer.from(`${one}${one}`);
    const trail = createKeyTrail(bytes);
    for (const from of [0, one.length]) {
      const places = new Int32Array(names.offsetsLength);
      expect(scanObject(bytes, from, names, places, trail)).toBe(from + one.length);
      expect(readJson(bytes, from + places[4]!, from + places[5]!)).toBe(1);
    }
  });
});

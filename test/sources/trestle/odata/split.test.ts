import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitKeyPage, splitPage } from '../../../../src/sources/trestle/odata/split.ts';
import { parseExact } from '../../../../src/lib/exact-json.ts';
import type { ScannedRecord } from '../../../../src/model/page.ts';
import { readMembers, recordText } from '../../../../src/transform/scan-record.ts';

const space = fc.stringMatching(/^[ \t\n\r]{0,4}$/);

/** JSON text with whitespace and escapes of any kind. */
const jsonText = fc.letrec<{ any: string; object: string }>((tie) => {
  const characters = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1)),
    fc.constantFrom(
      '\\"',
      '\\\\',
      '\\\\\\"',
      '\\u0022',
      '\\/',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"value":['.replaceAll('"', '\\"'),
      '🏠',
      'é',
    ),
  );
  const string = fc.array(characters, { maxLength: 4 }).map((parts) => `"${parts.join('')}"`);
  const name = fc.oneof(string, fc.constant('"value"'));
  return {
    any: fc.oneof(
      { depthSize: 'small' },
      string,
      fc.constantFrom('0', '-1.50', '1e400', '12345678901234567890', 'true', 'false', 'null'),
      fc
        .tuple(space, fc.array(tie('any'), { maxLength: 3 }))
        .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
      tie('object'),
    ),
    object: fc
      .tuple(space, fc.array(fc.tuple(name, tie('any')), { maxLength: 4 }))
      .map(
        ([gap, members]) =>
          `{${gap}${members.map(([key, item]) => `${key}${gap}:${gap}${item}`).join(`${gap},${gap}`)}${gap}}`,
      ),
  };
});

const records = fc.array(jsonText.object, { maxLength: 6 });

/** Members of the envelope before and behind `value`: any but another list of that name. */
const members = fc.array(
  fc.tuple(
    fc.constantFrom('"@odata.context"', '"@odata.nextLink"', '"@odata.count"', '"values"', '"x\\"value\\""'),
    fc.oneof(jsonText.any, fc.constant('"value"')),
  ),
  { maxLength: 3 },
);

const pages = fc.tuple(records, members, members, space).map(([list, before, after, gap]) => {
  const written = (parts: readonly (readonly [string, string])[]): string[] =>
    parts.map(([name, value]) => `${name}${gap}:${gap}${value}`);
  const around = (value: string): string =>
    `${gap}{${gap}${[...written(before), `"value"${gap}:${gap}[${value}]`, ...written(after)].join(`${gap},${gap}`)}${gap}}`;
  return { list, text: around(`${gap}${list.join(`${gap},${gap}`)}${gap}`), empty: around('') };
});

describe('splitPage', () => {
  test('returns the text of each record, and the envelope without records', async () => {
    const body =
      '{"@odata.context":"c","value":[ {"a":1} ,\n{"b":"]}"}],"@odata.nextLink":"n","@odata.count":2}';
    expect(await splitPage(Buffer.from(body))).toEqual({
      body: Buffer.from(body),
      envelope: { '@odata.context': 'c', value: [], '@odata.nextLink': 'n', '@odata.count': 2 },
      records: ['{"a":1}', '{"b":"]}"}'],
      damaged: new Set(),
    });
  });

  test('promise 7: any list of records is returned unchanged, with its envelope', async () => {
    await fc.assert(
      fc.asyncProperty(pages, async ({ list, text, empty }) => {
        const cut = await splitPage(Buffer.from(text));
        expect(cut.records).toEqual(list);
        expect(cut.envelope).toEqual(JSON.parse(empty));
        expect(cut.damaged.size).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('promise 8: records that are decoded when they are read are the same, for any part of the page', async () => {
    await fc.assert(
      fc.asyncProperty(pages, fc.nat(6), fc.nat(6), async ({ text }, from, to) => {
        const { records: all, ...whole } = await splitPage(Buffer.from(text));
        const { records: list, ...rest } = await splitKeyPage(Buffer.from(text));
        expect(rest).toEqual(whole);
        expect(list.length).toBe(all.length);
        expect(list.slice(from, to)).toEqual(all.slice(from, to));
      }),
      { numRuns: 300 },
    );
    const many = Array.from({ length: 5000 }, (_, n) => `{"ListingKey":"${n}"}`);
    const { records: list } = await splitKeyPage(Buffer.from(`{"value":[${many.join(',')}]}`));
    expect(list.slice(0, 5000)).toEqual(many);
  });

  test('promise 13: a truncated body is an error, never a shorter page', async () => {
    await fc.assert(
      fc.asyncProperty(
        pages,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async ({ text }, share) => {
          const body = Buffer.from(text.trimEnd());
          await expect(splitPage(body.subarray(0, Math.floor(share * body.length)))).rejects.toThrow(
            SyntaxError,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('promise 13: a body that is truncated at any byte is an error', async () => {
    const body = Buffer.from(
      '{"value":[{"a":"é\\""},{"b":[1,{"c":null}]}],"@odata.nextLink":"https://x/?a=[1]"}',
    );
    for (let end = 0; end < body.length; end += 1) {
      await expect(splitPage(body.subarray(0, end)), `${end} bytes`).rejects.toThrow(SyntaxError);
    }
    expect((await splitPage(body)).records).toHaveLength(2);
  });

  test('promise 7: a damaged byte is found in its record and in no other', async () => {
    const keys = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(keys, fc.nat(), fc.constantFrom(0x80, 0xc0, 0xe2, 0xff), async (texts, pick, byte) => {
        const target = pick % texts.length;
        const parts = texts.map((text, index) => {
          const json = Buffer.from(JSON.stringify({ City: text, Key: index }));
          // The byte goes behind the quote that opens the text.
          return index === target
            ? Buffer.concat([json.subarray(0, 9), Buffer.from([byte]), json.subarray(9)])
            : json;
        });
        const list = parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(','), part]));
        const cut = await splitPage(Buffer.concat([Buffer.from('{"value":['), ...list, Buffer.from(']}')]));
        expect([...cut.damaged]).toEqual([target]);
        texts.forEach((text, index) => {
          if (index !== target)
            expect(JSON.parse(recordText(cut.records[index]!))).toEqual({ City: text, Key: index });
        });
      }),
    );
  });

  test('bytes that are not UTF-8 outside the records damage none', async () => {
    const body = Buffer.concat([
      Buffer.from('{"note":"'),
      Buffer.from([0xff]),
      Buffer.from('","value":[{"a":1}]}'),
    ]);
    expect(await splitPage(body)).toMatchObject({ records: ['{"a":1}'], damaged: new Set() });
  });

  test('a record that is not JSON does not affect the others', async () => {
    expect((await splitPage(Buffer.from('{"value":[{"a":1},{"b":tru},oops,{"c":3}]}'))).records).toEqual([
      '{"a":1}',
      '{"b":tru}',
      'oops',
      '{"c":3}',
    ]);
  });

  test.each([
    '',
    '   ',
    'null',
    '[]',
    '{}',
    '{"value":null}',
    '{"value":{}}',
    '{"value":"["}',
    '{"error":{"value":[1]}}',
    '[{"value":[]}]',
    '{"Value":[]}',
    '{"value":[]} {}',
    '{"value":[]}}',
    '{"value":[',
    '<html>"value":[]</html>',
    '"value":[]',
  ])('promise 13: %j is not a page', async (text) => {
    await expect(splitPage(Buffer.from(text))).rejects.toThrow(SyntaxError);
  });

  test('a string "value" is not mistaken for the list', async () => {
    const body = '{"a":"value","b":["value",[1]],"c":{"value":[2]},"value":[3]}';
    expect((await splitPage(Buffer.from(body))).records).toEqual(['3']);
  });

  test('accepts more than sixty spaces before the list', async () => {
    expect((await splitPage(Buffer.from(`{"value":${' '.repeat(80)}[1]}`))).records).toEqual(['1']);
  });

  test('if members are named, a JSON record is returned as bytes, and any other as text', async () => {
    const body = '{"value":[ {"a":1,"x":"}"} ,{"a":tru}, 7,{"a":2}\n,{"a":3}x,{"a":4,"a":5}]}';
    const cut = await splitPage(Buffer.from(body), ['a']);
    expect(cut.records.map(recordText)).toEqual((await splitPage(Buffer.from(body))).records);
    expect(cut.records.map((record) => typeof record)).toEqual([
      'object',
      'string',
      'string',
      'object',
      'string',
      'string',
    ]);
    const values = cut.records.flatMap((record) => (typeof record === 'string' ? [] : [readMembers(record)]));
    expect(values).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('promise 5: members found in a broken record are not attributed to the next one', async () => {
    const { records: found } = await splitPage(Buffer.from('{"value":[{"a":1,"b":tru},{"b":2}]}'), [
      'a',
      'b',
    ]);
    expect(found[0]).toBe('{"a":1,"b":tru}');
    expect(readMembers(found[1] as ScannedRecord)).toEqual({ a: undefined, b: 2 });
  });

  test('promise 7: naming members changes no record, no envelope, and finds what JSON.parse finds', async () => {
    const named = ['a', 'value', 'Key'];
    let found = 0;
    await fc.assert(
      fc.asyncProperty(pages, async ({ text }) => {
        const [plain, cut] = await Promise.all([
          splitPage(Buffer.from(text)),
          splitPage(Buffer.from(text), named),
        ]);
        expect(cut.envelope).toEqual(plain.envelope);
        expect(cut.records.map(recordText)).toEqual(plain.records);
        for (const record of cut.records) {
          if (typeof record === 'string') continue;
          const parsed = parseExact(recordText(record)) as Record<string, unknown>;
          for (const name of named) expect(readMembers(record)[name]).toEqual(parsed[name]);
          found += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(1000);
  });

  test('promise 7: members are not located in a page with damaged bytes', async () => {
    const body = Buffer.concat([
      Buffer.from('{"value":[{"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"},{"a":1}]}'),
    ]);
    expect(await splitPage(body, ['a'])).toMatchObject({
      records: ['{"a":"\ufffd"}', '{"a":1}'],
      damaged: new Set([0]),
    });
  });
});

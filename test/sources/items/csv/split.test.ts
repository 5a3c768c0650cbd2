import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_RECORD_LENGTH } from '../../../../src/sources/items/csv/read-record.ts';
import { type CsvRow, createSplitter } from '../../../../src/sources/items/csv/split.ts';

const COMMA = { delimiter: ',', quote: '"' };

describe('splitting a CSV file into records', () => {
  test('a quoted field may have delimiters, quotes in pairs and line ends', () => {
    expect(fieldsOf('a,"b,c","d ""e""","f\ng",""\n')).toEqual([['a', 'b,c', 'd "e"', 'f\ng', '']]);
  });

  test('lines are counted through records of several lines, and empty lines are skipped', () => {
    const rows = split('a\n\n"b\nc\nd",e\nf');
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 6]);
  });

  test('pitfall 46: quotes within a field, and text after a closing quote, stay as they are written', () => {
    expect(fieldsOf('6" pipe,x\n"a" b,"c "d" e",f\n')).toEqual([
      ['6" pipe', 'x'],
      ['"a" b', '"c "d" e"', 'f'],
    ]);
  });

  test('pitfall 46: a quote that never closes costs its own line, not those after it', () => {
    const rows = split('1,x\n2,"open\n3,y\n4,"z"\n5,w\n');
    expect(rows).toEqual([
      { line: 1, fields: ['1', 'x'] },
      { line: 2, raw: '2,"open', problem: 'a quote that opens in this line is not closed' },
      { line: 3, fields: ['3', 'y'] },
      { line: 4, fields: ['4', 'z'] },
      { line: 5, fields: ['5', 'w'] },
    ]);
  });

  test('pitfall 46: the same at the end of the file, and after 1 MB', () => {
    expect(split('1,"open\n2,y').map(({ line }) => line)).toEqual([1, 2]);
    const many = `${'2,y\n'.repeat(MAX_RECORD_LENGTH / 4 + 10)}"3",z\n`;
    const rows = split(`1,"open\n${many}`);
    expect(rows[0]).toMatchObject({ line: 1, raw: '1,"open' });
    expect(rows).toHaveLength(MAX_RECORD_LENGTH / 4 + 12);
  });

  test('a line above 1 MB is refused with its start, however it arrives', () => {
    const text = `a,b\n${'x'.repeat(MAX_RECORD_LENGTH + 1)},"y"\nc,d\n`;
    const whole = split(text);
    expect(whole.map((row) => ('fields' in row ? row.fields : row.problem))).toEqual([
      ['a', 'b'],
      'the line is longer than 1 MB',
      ['c', 'd'],
    ]);
    expect(split(text, COMMA, 100_000)).toEqual(whole);
  });

  test('without quotes, they are characters', () => {
    expect(fieldsOf('"a|b"|c\n', { delimiter: '|', quote: '' })).toEqual([['"a', 'b"', 'c']]);
  });

  test('any cells come back as they were written, in chunks of any size', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '😀', ';') });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const text = rows.map((row) => `${row.map(quoteCell).join(',')}\n`).join('');
        expect(split(text, COMMA, size).map((row) => 'fields' in row && row.fields)).toEqual(rows);
      }),
    );
  });

  test('any text gives the same records in chunks of any size', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' '), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (value, size) => {
        expect(split(value, COMMA, size)).toEqual(split(value));
      }),
      { numRuns: 2000 },
    );
  });

  test('text with sound quotes is split as csv-parse splits it', () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ' ', 'é', '\t') }),
      fc
        .string({ unit: fc.constantFrom('a', '"', ',', '\n') })
        .map((text) => `"${text.replaceAll('"', '""')}"`),
    );
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows.map((row) => row.join(',')).join('\n');
        const expected = parse(text, { relax_column_count: true, skip_empty_lines: true });
        expect(fieldsOf(text)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

function split(text: string, format = COMMA, size = text.length + 1): CsvRow[] {
  const splitter = createSplitter(format);
  const rows: CsvRow[] = [];
  for (let at = 0; at < text.length; at += size) {
    for (const row of splitter.push(text.slice(at, at + size), false)) rows.push(row);
  }
  return [...rows, ...splitter.push('', true)];
}

function fieldsOf(text: string, format = COMMA): (readonly string[] | undefined)[] {
  return split(text, format).map((row) => ('fields' in row ? row.fields : undefined));
}

function quoteCell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

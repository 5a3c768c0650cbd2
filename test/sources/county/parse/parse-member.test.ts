import { describe, expect, test } from 'vitest';
import { FatalError } from '../../../../src/errors.ts';
import { builtInLayout } from '../../../../src/sources/county/layouts/index.ts';
import { parseMember } from '../../../../src/sources/county/parse/index.ts';
import { batchesOf, HEADER, parse, streamOf, table, tableWith } from './helpers.ts';

const rowsOf = async (bytes: string) => (await parse(table, HEADER + bytes)).rows;

async function* brokenStream(): AsyncGenerator<Buffer> {
  yield* streamOf(`${HEADER}1\tA\t\t\r\n`);
  throw new Error('the archive is broken');
}

describe('line ends', () => {
  const rows = [
    ['1', 'A', null, null],
    ['2', 'B', null, null],
  ];
  test.each([
    ['CR LF', '1\tA\t\t\r\n2\tB\t\t\r\n'],
    ['LF', '1\tA\t\t\n2\tB\t\t\n'],
    ['both', '1\tA\t\t\n2\tB\t\t\r\n'],
    ['none at the end of the file', '1\tA\t\t\r\n2\tB\t\t'],
    ['half of one at the end of the file', '1\tA\t\t\r\n2\tB\t\t\r'],
  ])('%s', async (_, bytes) => {
    expect(await rowsOf(bytes)).toEqual(rows);
  });

  test('a lone CR is data', async () => {
    expect(await rowsOf('1\tA\rB\t\t\r\n')).toEqual([['1', 'A\rB', null, null]]);
    const [batch] = await batchesOf(table, `${HEADER}1\tA\t\t\r\r\n`);
    expect(batch!.unconverted).toEqual([{ column: 'dt', count: 1, lines: [1] }]);
  });

  test('empty lines are skipped and counted', async () => {
    const {
      rows: found,
      lines,
      skipped,
      lineNumbers,
    } = await parse(table, `${HEADER}1\tA\t\t\r\n\r\n\n2\tB\t\t\r\n`);
    expect({ found, lines, skipped, lineNumbers }).toEqual({
      found: rows,
      lines: 4,
      skipped: 2,
      lineNumbers: [1, 4],
    });
  });
});

describe('values', () => {
  test('have quotes, backslashes and blanks on the left as they are', async () => {
    expect(await rowsOf('1\t"\t\t\r\n2\ta "x" b\\\t\t\r\n3\t  C  \t\t\r\n')).toEqual([
      ['1', '"', null, null],
      ['2', 'a "x" b\\', null, null],
      ['3', '  C', null, null],
    ]);
  });

  test('are decoded as windows-1252; its undefined bytes become control characters', async () => {
    const bytes = String.fromCharCode(0x92, 0xa0, 0xe9, 0xf1, 0x80, 0x81, 0x8d, 0x8f, 0x90, 0x9d);
    expect(await rowsOf(`1\t${bytes}\t\t\r\n`)).toEqual([
      ['1', '’\u00a0éñ€\u0081\u008d\u008f\u0090\u009d', null, null],
    ]);
  });

  test('are decoded as latin1 or UTF-8 if the layout has these', async () => {
    const columns = { a: 'text 20', b: 'text 20' };
    const line = Buffer.concat([Buffer.from('Ñ€😀\t'), Buffer.from([0xe9, 0x92]), Buffer.from('\n')]);
    const utf8 = await parse(tableWith(columns, { encoding: 'utf-8', header: 'no' }), line);
    // The second value is not UTF-8: its bytes are kept as windows-1252.
    expect(utf8.rows).toEqual([['Ñ€😀', 'é’']]);
    const latin1 = await parse(tableWith(columns, { encoding: 'latin1', header: 'no' }), 'é\u0092\tx\n');
    expect(latin1.rows).toEqual([['é\u0092', 'x']]);
  });

  test('lose NUL bytes; one that has nothing else is NULL', async () => {
    expect(await rowsOf('1\t\0\t\0\t\0\r\n2\tA\0B\0 \t1\0\t\r\n')).toEqual([
      ['1', null, null, null],
      ['2', 'AB', '1', null],
    ]);
  });

  test('that cannot be converted are NULL and counted, with the first five lines', async () => {
    const lines = Array.from(
      { length: 7 },
      (_, index) => `${index}\tA\tPending\t${index === 3 ? 'x' : ''}\r\n`,
    );
    const [batch] = await batchesOf(table, HEADER + lines.join(''));
    expect(batch!.unconverted).toEqual([
      { column: 'val', count: 7, lines: [1, 2, 3, 4, 5] },
      { column: 'dt', count: 1, lines: [4] },
    ]);
    expect(batch!.rows[0]).toEqual(['0', 'A', null, null]);
  });

  test('longer than their column are kept, and the length that they need is reported', async () => {
    const [batch] = await batchesOf(table, `${HEADER}1\t${'x'.repeat(25)}\t\t\n2\t${'x'.repeat(23)}\t\t\n`);
    expect(batch!.longer).toEqual([{ column: 'name', length: 25 }]);
    expect(batch!.rows[0]![1]).toHaveLength(25);
    const widened = [{ column: 'name', type: { kind: 'string', length: 25 } } as const];
    const [second] = await batchesOf(table, `${HEADER}1\t${'x'.repeat(25)}\t\t\n`, { columns: widened });
    expect(second).toMatchObject({ longer: [], rows: [['x'.repeat(25)]] });
  });

  test('of constant columns are the same in each row', async () => {
    const constant = tableWith(
      { a: 'text 5' },
      {
        header: 'no',
        constants: { County: { type: 'code 9', value: 'X' }, y: { type: 'year', value: '{year}' } },
      },
    );
    expect((await parse(constant, 'A\nB\n')).rows).toEqual([
      ['A', 'X', '2026'],
      ['B', 'X', '2026'],
    ]);
  });
});

test('lines of another kind of record are skipped, whatever their fields', async () => {
  const filtered = tableWith(
    { kind: 'code 2', a: 'text 5' },
    { header: 'no', filter: { column: 'kind', values: ['R', 'RP'] } },
  );
  const { rows, skipped, rejects } = await parse(filtered, 'R\t1\nX\t2\nX\nRP \t3\nR\n\n');
  expect(rows).toEqual([
    ['R', '1'],
    ['RP', '3'],
  ]);
  expect(skipped).toBe(3);
  expect(rejects).toMatchObject([{ line: 5, reason: 'too-few-fields' }]);
});

test('quoted fields can have delimiters and quotes, but no line breaks', async () => {
  const csv = tableWith({ a: 'text 20', b: 'text 20' }, { format: 'comma', quotes: true });
  const { rows, rejects } = await parse(
    csv,
    '"a","b"\r\n"x, y","say ""hi"""\r\n6" pipe,"z\r\n"line\r\nbreak",w\r\n',
  );
  expect(rows).toEqual([
    ['x, y', 'say "hi"'],
    ['6" pipe', '"z'],
    ['break"', 'w'],
  ]);
  expect(rejects).toMatchObject([{ line: 3, reason: 'too-few-fields', raw: '"line' }]);
});

describe('fixed lines', () => {
  const fixed = tableWith(
    {
      id: '1-4 integer',
      name: '5-10 text',
      acres: { type: '11-16 number', decimals: 4 },
      late: '21-24 flag',
    },
    { format: 'fixed', lengths: [20, 24], key: ['id'] },
  );

  test('have values at positions, without blanks at both ends', async () => {
    const { rows } = await parse(fixed, '0012 Ab   012500    \r\n  13\x92é    1.25  xxxxY   \n');
    expect(rows).toEqual([
      ['12', 'Ab', '1.2500', null],
      ['13', '’é', '1.25', 'Y'],
    ]);
  });

  test('of another length, and those without key, are rejected', async () => {
    const { rows, rejects } = await parse(
      fixed,
      `${'1'.repeat(19)}\r\n${'1'.repeat(22)}\r\n${' '.repeat(20)}\r\n`,
    );
    expect(rows).toEqual([]);
    expect(rejects.map(({ reason, message }) => [reason, message])).toEqual([
      ['wrong-length', '19 bytes instead of 20 or 24'],
      ['wrong-length', '22 bytes instead of 20 or 24'],
      ['no-key', 'id has no value, but is part of the key'],
    ]);
  });

  test('keep their positions if they have NUL bytes', async () => {
    expect((await parse(fixed, '0012A\0B   012500    \r\n')).rows).toEqual([['12', 'AB', '1.2500', null]]);
  });
});

test('the lines that county-files.md shows become rows of HCAD', async () => {
  const { tables } = builtInLayout('hcad')!;
  const of = (name: string) => tables.find((each) => each.name === name)!;
  const building =
    '0990010000012            \tA1\t1\t1001\t101 \tR  \tResidential\t187340\t231284\t0.810000\tC \tAverage\t1963\t1971\t0   \t1964\t     \t12/30/1899\t \t1714\t2206\t1714\t2206\t1890\t1714\t198\t1.00\t1.1200\t187340.00\t0.96000\t0\r\n';
  const { rows, rejects } = await parse(of('building_res'), building);
  expect(rejects).toEqual([]);
  expect(rows[0]!.slice(0, 19)).toEqual([
    '0990010000012',
    'A1',
    '1',
    '1001',
    '101',
    'R',
    'Residential',
    '187340',
    '231284',
    '0.810000',
    'C',
    'Average',
    '1963',
    '1971',
    null,
    '1964',
    null,
    null,
    null,
  ]);
  expect((await parse(of('fixtures'), '0990010000012\t1\tRMB \tRoom:  Bedroom\t3.00\r\n')).rows).toEqual([
    ['0990010000012', '1', 'RMB', 'Room:  Bedroom', '3.00'],
  ]);
  expect((await parse(of('jur_exempt'), '0990010000012\t061\tRES\tPending\r\n')).rows).toEqual([
    ['0990010000012', '061', 'RES', null],
  ]);
});

test('a stream that fails stops the parser with its error', async () => {
  const batches = parseMember(table, brokenStream(), { from: undefined, year: 2026 });
  await expect(batches.next()).rejects.toThrow('the archive is broken');
});

test('a file that is shorter than what was read of it is refused', async () => {
  const file = `${HEADER}1\tA\t\t\r\n`;
  expect(await batchesOf(table, file, { from: { line: 1, offset: file.length } })).toEqual([]);
  const resumed = batchesOf(table, file, { from: { line: 2, offset: file.length + 1 } });
  await expect(resumed).rejects.toBeInstanceOf(FatalError);
});

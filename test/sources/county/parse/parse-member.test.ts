import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../src/errors.ts';
import { builtInLayout } from '../../../../src/sources/county/layouts/index.ts';
import { type HeaderReport, parseLine, parseMember } from '../../../../src/sources/county/parse/index.ts';
import { batchesOf, parse, streamOf, tableWith } from './helpers.ts';

const table = tableWith(
  { acct: 'account 13', Name: { type: 'text 20', aliases: ['OwnerName'] }, val: 'money', dt: 'date' },
  { key: ['acct'] },
);
const HEADER = 'acct\tName\tval\tdt\r\n';
const rowsOf = async (bytes: string) => (await parse(table, HEADER + bytes)).rows;

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

describe('rejects', () => {
  test('have line, offset, reason and text', async () => {
    const { rows, rejects, lines } = await parse(
      table,
      `${HEADER}1\tA\t\t\r\n2\tB\x92\t\r\n3\tC\t\t\t\r\n   \tD\t\t\r\n5\tE\t\t\r\n`,
    );
    expect(rows.map(([acct]) => acct)).toEqual(['1', '5']);
    expect(lines).toBe(5);
    expect(rejects).toEqual([
      { line: 2, offset: 25, reason: 'too-few-fields', message: '3 fields instead of 4', raw: '2\tB’\t' },
      { line: 3, offset: 32, reason: 'too-many-fields', message: '5 fields instead of 4', raw: '3\tC\t\t\t' },
      {
        line: 4,
        offset: 40,
        reason: 'no-key',
        message: 'acct has no value, but is part of the key',
        raw: '   \tD\t\t',
      },
    ]);
  });

  test('of a line with a line feed inside are its two halves', async () => {
    const { rejects, rows } = await parse(table, `${HEADER}1\tA\nB\t\t\r\n2\tC\t\t\r\n`);
    expect(rejects.map(({ raw }) => raw)).toEqual(['1\tA', 'B\t\t']);
    expect(rows).toHaveLength(1);
  });

  test('keep the first 4096 characters of a long line', async () => {
    const { rejects } = await parse(table, `${HEADER}${'é'.repeat(5000)}\r\n`);
    expect(rejects[0]!.raw).toBe('é'.repeat(4096));
  });

  test('of a line above 1 MB do not hold it in memory', async () => {
    const line = Buffer.alloc(1 << 20, 'x');
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from(HEADER);
      for (let count = 0; count < 400; count += 1) yield Buffer.from(line);
      yield Buffer.from('\r\n1\tA\t\t\r\n');
    }
    const batches = [];
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    async function* watched(): AsyncGenerator<Buffer> {
      for await (const chunk of endless()) {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
        yield chunk;
      }
    }
    for await (const batch of parseMember(table, watched(), { from: undefined, year: 2026 }))
      batches.push(batch);
    const rejects = batches.flatMap((batch) => batch.rejects);
    expect(rejects).toMatchObject([{ line: 1, offset: HEADER.length, reason: 'too-long' }]);
    expect(rejects[0]!.raw).toBe('x'.repeat(4096));
    expect(batches.flatMap(({ rows }) => rows)).toEqual([['1', 'A', null, null]]);
    expect(batches.at(-1)!.next).toEqual({ line: 2, offset: HEADER.length + 400 * (1 << 20) + 9 });
    expect(peak).toBeLessThan(200 * (1 << 20));
  });

  test('can be parsed again one by one', async () => {
    const replay = (raw: string, header?: string) => parseLine(table, raw, { year: 2026, header });
    expect(replay('1\tA’\t5\t')).toEqual({ row: ['1', 'A’', '5', null] });
    expect(replay('5\t1\tA\t', 'val\tacct\tname\tdt\r\n')).toEqual({ row: ['1', 'A', '5', null] });
    expect(replay('1\tA')).toMatchObject({ reject: { reason: 'too-few-fields' } });
    expect(replay('')).toEqual({ skipped: true });
  });
});

describe('a header', () => {
  const columnsOf = async (header: string, line: string) => {
    const reports: HeaderReport[] = [];
    const { rows } = await parse(table, `${header}\r\n${line}\r\n`, {
      onHeader: (report) => reports.push(report),
    });
    return { rows, reports };
  };

  test('decides which field is which column, whatever its order and capitals', async () => {
    const { rows, reports } = await columnsOf('VAL\tAcct\tdt\tNAME', '5\t1\t\tA');
    expect(rows).toEqual([['1', 'A', '5', null]]);
    expect(reports).toEqual([{ hasHeader: true, unknown: [], missing: [] }]);
  });

  test('can have other names for a column, and columns that the layout does not know', async () => {
    const { rows, reports } = await columnsOf('acct\tOwnerName\tnew\tval\tdt', '1\tA\tx\t5\t');
    expect(rows).toEqual([['1', 'A', '5', null]]);
    expect(reports).toEqual([{ hasHeader: true, unknown: ['new'], missing: [] }]);
  });

  test('can start with a byte order mark', async () => {
    expect((await columnsOf('\u00ef\u00bb\u00bfacct\tName\tval\tdt', '1\tA\t\t')).rows).toHaveLength(1);
    expect((await columnsOf('\u00ef\u00bb\u00bf1\tA\t\t', '2\tB\t\t')).rows[0]![0]).toBe('1');
  });

  test.each([
    ['a missing column', 'acct\tName\tdt', /lacks the columns val; it has acct, Name, dt/],
    ['a renamed first column', 'account\tName\tval\tdt', /lacks the columns acct/],
    ['a column twice', 'acct\tName\tval\tdt\tVAL', /several columns named val/i],
  ])('with %s stops before the first row', async (_, header, message) => {
    const error = await columnsOf(header, '1\tA\t5\t').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toMatch(message);
  });

  test('can be absent: then fields have the order of the layout', async () => {
    const { rows, reports } = await columnsOf('1\tA\t5\t', '2\tB\t6\t');
    expect(rows).toEqual([
      ['1', 'A', '5', null],
      ['2', 'B', '6', null],
    ]);
    expect(reports).toEqual([{ hasHeader: false, unknown: [], missing: [] }]);
  });

  test('can lack optional columns, and a file without header can lack them at the end', async () => {
    const optional = tableWith({ a: 'text 5', b: 'text 5', c: { type: 'text 5', optional: true } });
    expect((await parse(optional, 'a\tb\n1\t2\n')).rows).toEqual([['1', '2', null]]);
    const { rows, rejects } = await parse(optional, '1\t2\t3\n4\t5\n6\n7\t8\t9\t10\n');
    expect(rows).toEqual([
      ['1', '2', '3'],
      ['4', '5', null],
    ]);
    expect(rejects.map(({ message }) => message)).toEqual([
      '1 fields instead of 2 to 3',
      '4 fields instead of 2 to 3',
    ]);
  });

  test('alone, and an empty file, have no rows', async () => {
    expect(await batchesOf(table, HEADER)).toEqual([]);
    expect(await batchesOf(table, 'acct\tName\tval\tdt')).toEqual([]);
    expect(await batchesOf(table, '')).toEqual([]);
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
    ...['0990010000012', 'A1', '1', '1001', '101', 'R', 'Residential', '187340', '231284', '0.810000'],
    ...['C', 'Average', '1963', '1971', null, '1964', null, null, null],
  ]);
  expect((await parse(of('fixtures'), '0990010000012\t1\tRMB \tRoom:  Bedroom\t3.00\r\n')).rows).toEqual([
    ['0990010000012', '1', 'RMB', 'Room:  Bedroom', '3.00'],
  ]);
  expect((await parse(of('jur_exempt'), '0990010000012\t061\tRES\tPending\r\n')).rows).toEqual([
    ['0990010000012', '061', 'RES', null],
  ]);
});

test('a stream that fails stops the parser with its error', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield* streamOf(`${HEADER}1\tA\t\t\r\n`);
    throw new Error('the archive is broken');
  }
  const batches = parseMember(table, broken(), { from: undefined, year: 2026 });
  await expect(batches.next()).rejects.toThrow('the archive is broken');
});

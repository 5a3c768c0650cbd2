import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../src/errors.ts';
import type { HeaderReport } from '../../../../src/sources/county/parse/index.ts';
import { batchesOf, HEADER, parse, table, tableWith } from './helpers.ts';

async function columnsOf(header: string, line: string) {
  const reports: HeaderReport[] = [];
  const onHeader = (report: HeaderReport) => reports.push(report);
  const { rows } = await parse(table, `${header}\r\n${line}\r\n`, { onHeader });
  return { rows, reports };
}

describe('a header', () => {
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

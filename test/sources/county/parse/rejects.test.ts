import { describe, expect, test } from 'vitest';
import { parseLine, parseMember } from '../../../../src/sources/county/parse/index.ts';
import { batchesOf, HEADER, join, parse, table } from './helpers.ts';

function replay(raw: string, header?: string) {
  return parseLine(table, raw, { year: 2026, header });
}

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

  test('promise 28: of a line above 1 MB do not hold it in memory', async () => {
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

  test.each([1 << 20, (1 << 20) + 1])('of a line of %i bytes do not depend on chunks', async (length) => {
    const file = Buffer.from(`${HEADER}1\tA\t\t\r\n2\t${'x'.repeat(length - 4)}\t\t\n3\tC\t\t\r\n`);
    const whole = await batchesOf(table, file);
    expect(join(whole).rejects.map(({ reason }) => reason)).toEqual(length > 1 << 20 ? ['too-long'] : []);
    expect(join(whole).rows).toHaveLength(length > 1 << 20 ? 2 : 3);
    for (const cuts of [[100], [24, 25, 26], [file.length - 9], [1 << 20], [1000, 500_000, (1 << 20) + 26]])
      expect(await batchesOf(table, file, {}, cuts)).toEqual(whole);
  });

  test('can be parsed again one by one', async () => {
    expect(replay('1\tA’\t5\t')).toEqual({ row: ['1', 'A’', '5', null] });
    expect(replay('5\t1\tA\t', 'val\tacct\tname\tdt\r\n')).toEqual({ row: ['1', 'A', '5', null] });
    expect(replay('1\tA')).toMatchObject({ reject: { reason: 'too-few-fields' } });
    expect(replay('')).toEqual({ skipped: true });
  });
});

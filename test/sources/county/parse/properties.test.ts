import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LayoutTable } from '../../../../src/sources/county/layouts/layout.ts';
import { batchesOf, join, tableWith } from './helpers.ts';

const RUNS = { numRuns: 300 };

const columns = { acct: 'account 3', name: 'text 4', val: 'money', pct: 'number', dt: 'date' };
const anyTable: fc.Arbitrary<LayoutTable> = fc.constantFrom(
  tableWith(columns, { key: ['acct'] }),
  tableWith(columns, { header: 'no' }),
  tableWith(columns, { filter: { column: 'acct', values: ['1', '2'] }, encoding: 'utf-8' }),
  tableWith(columns, { format: 'comma', quotes: true }),
  tableWith(
    { id: '1-2 integer', name: '3-4 text', late: '7-8 flag' },
    { format: 'fixed', lengths: [5, 8], key: ['id'] },
  ),
);

const anyField = fc.constantFrom(
  '',
  ' ',
  '1',
  '2',
  '"',
  'a"b',
  '\0',
  '1.5',
  '01/02/2024',
  '\x92',
  '\xc3\xa9',
  'Pending',
);
const anyLine = fc.oneof(
  fc.array(anyField, { minLength: 5, maxLength: 5 }).map((fields) => fields.join('\t')),
  fc.array(anyField, { minLength: 5, maxLength: 5 }).map((fields) => fields.join(',')),
  fc.array(anyField, { maxLength: 7 }).map((fields) => fields.join('\t')),
  fc.constantFrom('', '12345', '12345678', '\r', '\ufeff'),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const anyFile = fc
  .tuple(
    fc.constantFrom('', 'acct\tname\tval\tpct\tdt\r\n', '"acct","name","val","pct","dt"\n'),
    fc.array(fc.tuple(anyLine, fc.constantFrom('\r\n', '\n')), { maxLength: 12 }),
    fc.constantFrom('', '1\t\t\t\t', '1\r'),
  )
  .map(([header, lines, end]) => header + lines.map((parts) => parts.join('')).join('') + end)
  .map((text) => Buffer.from(text, 'latin1'));

/** A header that lacks columns is refused, which other tests examine. */
const parsed = async (...args: Parameters<typeof batchesOf>) => {
  try {
    return await batchesOf(...args);
  } catch {
    return undefined;
  }
};

/** What is in the file by a count that shares nothing with the parser: the number of lines, also of a header. */
function countLines(file: Buffer): number {
  const feeds = file.filter((byte) => byte === 0x0a).length;
  return feeds + (file.length > 0 && file.at(-1) !== 0x0a ? 1 : 0);
}

test('every line is a row, a reject or skipped', async () => {
  let accepted = 0;
  const check = fc.asyncProperty(anyTable, anyFile, async (table, file) => {
    let headers = 0;
    const batches = await parsed(table, file, { onHeader: ({ hasHeader }) => (headers = hasHeader ? 1 : 0) });
    if (batches === undefined) return;
    accepted += 1;
    const { rows, rejects, skipped, lines, lineNumbers } = join(batches);
    expect(rows.length + rejects.length + skipped).toBe(lines);
    expect(lines).toBe(countLines(file) - headers);
    expect(lineNumbers).toHaveLength(rows.length);
    const numbers = [...lineNumbers, ...rejects.map(({ line }) => line)];
    expect(new Set(numbers).size).toBe(numbers.length);
    if (batches.length > 0) expect(batches.at(-1)!.next.offset).toBe(file.length);
  });
  await fc.assert(check, RUNS);
  expect(accepted).toBeGreaterThan(RUNS.numRuns / 2);
});

test('the offset of a reject is the place of its line', async () => {
  await fc.assert(
    fc.asyncProperty(anyTable, anyFile, async (table, file) => {
      const { rejects } = join((await parsed(table, file)) ?? []);
      for (const { offset } of rejects)
        expect(offset === 0 || offset === 3 || file[offset - 1] === 0x0a).toBe(true);
    }),
    RUNS,
  );
});

test('the borders of chunks change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTable,
      anyFile,
      fc.array(fc.nat(200), { maxLength: 20 }),
      fc.integer({ min: 1, max: 60 }),
      async (table, file, cuts, batchBytes) => {
        const whole = await parsed(table, file, { batchBytes });
        const inside = cuts.map((cut) => cut % (file.length + 1));
        expect(await parsed(table, file, { batchBytes }, inside)).toEqual(whole);
        const bytes = Array.from({ length: file.length }, (_, index) => index);
        expect(await parsed(table, file, { batchBytes }, bytes)).toEqual(whole);
      },
    ),
    RUNS,
  );
});

test('reading resumes after any batch with exactly the rest', async () => {
  await fc.assert(
    fc.asyncProperty(anyTable, anyFile, fc.integer({ min: 1, max: 40 }), async (table, file, batchBytes) => {
      const batches = (await parsed(table, file, { batchBytes })) ?? [];
      for (const [index, { next }] of batches.entries())
        expect(await batchesOf(table, file, { batchBytes, from: next }, [7, 20])).toEqual(
          batches.slice(index + 1),
        );
    }),
    RUNS,
  );
});

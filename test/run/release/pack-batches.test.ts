import { expect, test } from 'vitest';
import type { ReleaseTable } from '../../../src/dataset/release-table.ts';
import { packBatches, type PackedBatch } from '../../../src/run/release/pack-batches.ts';
import type { LineBatch } from '../../../src/sources/release.ts';

const table: ReleaseTable = {
  name: 'notes',
  table: 'x_notes',
  columns: [{ name: 'note', column: 'note', type: { kind: 'text' }, isCode: false }],
  key: undefined,
  indexes: [],
  rules: [],
};

/** A batch of one row of this length, a reject and a skipped line. */
function batch(nth: number, length: number): LineBatch {
  const reject = { reason: 'too-few-fields', message: '', raw: '' } as const;
  return {
    rows: [['x'.repeat(length)]],
    lineNumbers: [3 * nth + 1],
    lines: 3,
    skipped: 1,
    rejects: [{ line: 3 * nth + 2, offset: 0, ...reject }],
    unconverted: [{ column: 'note', count: 1, lines: [3 * nth + 1] }],
    longer: [{ column: 'note', length }],
    next: { line: 3 * nth + 3, offset: (nth + 1) * 1000 },
  };
}

async function pack(batches: readonly LineBatch[]): Promise<PackedBatch[]> {
  const source = (async function* () {
    yield* batches;
  })();
  const found: PackedBatch[] = [];
  const target = { table, name: 'x', year: 2026, method: 'local' } as const;
  for await (const packed of packBatches(source, target)) found.push(packed);
  return found;
}

test('batches are joined until they have 4 MB', async () => {
  const found = await pack([0, 1, 2, 3].map((nth) => batch(nth, 1.5e6)));
  expect(found.map(({ next }) => next.line)).toEqual([9, 12]);
  expect(found[0]).toMatchObject({ lines: 9, skipped: 3, next: { line: 9, offset: 3000 } });
  expect(found[0]?.packs.flatMap(({ lineNumbers }) => lineNumbers)).toEqual([1, 4, 7]);
  expect(found[0]?.rejects.map(({ line }) => line)).toEqual([2, 5, 8]);
  expect(found[0]?.unconverted).toHaveLength(3);
  expect(found[0]?.longer).toHaveLength(3);
});

test('lines without rows move the place', async () => {
  const found = await pack([{ ...batch(0, 1), rows: [], lineNumbers: [] }]);
  expect(found).toMatchObject([{ packs: [], lines: 3, next: { line: 3, offset: 1000 } }]);
  expect(await pack([])).toEqual([]);
});

import { expect, test } from 'vitest';
import { describeItem } from '../../../src/commands/why/format-item.ts';
import type { ItemReport } from '../../../src/report/item-report.ts';

const WHY: ItemReport = {
  source: 'notes',
  type: 'api',
  id: '3',
  record: {
    payload: { id: 3, subject: 'A\nB', tags: ['x'] },
    isItem: true,
    error: null,
    attempts: 1,
    readAt: '2026-03-19 22:00:00.000',
    mappedAt: '2026-03-19 22:00:00.000',
    run: 7,
  },
  item: {
    id: 12,
    title: 'A B',
    category: null,
    amount: '12.500000',
    metadata: '{"tags":["x"]}',
    first_seen_at: '2026-03-01 10:00:00.000',
    updated_at: '2026-03-19 22:00:00.000',
    deleted_at: null,
    run_id: 7,
  },
  now: null,
  mapping: 'present',
  near: [],
};

test('describes an item, its record and the mapping', () => {
  expect(`${describeItem(WHY)}\n`).toBe(`\
item notes/3
  item: id 12, first seen 2026-03-01 10:00:00, changed 2026-03-19 22:00:00 UTC by run 7
    title: A B
    amount: 12.500000
    metadata: {"tags":["x"]}
  record: read 2026-03-19 22:00:00 UTC by run 7
    id: 3
    subject: A B
    tags: ["x"]
  mapping: the present one
`);
});

test('shows a deletion, a former mapping, and an id that is not stored', () => {
  const deleted = { ...WHY.item!, deleted_at: '2026-03-20 01:00:00.000' };
  const text = describeItem({ ...WHY, item: deleted, mapping: 'former' });
  expect(text).toContain('  deleted: 2026-03-20 01:00:00 UTC, because a complete read did not have it\n');
  expect(text).toContain('trestle-etl reprocess notes maps stored records again');
  const unknown = { ...WHY, record: null, item: null, near: ['2', '4'] };
  expect(describeItem(unknown)).toBe(
    'item notes/3\n  stored: no record with this id\n  ids next to it:\n    notes/2\n    notes/4',
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconstructState } from '../../../src/run/inspect/state-at.ts';
import type { StoredChange } from '../../../src/record/history.ts';

const time = (minute: number): string =>
  new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString().slice(0, 23).replace('T', ' ');

const FIELDS = ['ListPrice', 'StandardStatus'];

type Step = { readonly minute: number; readonly values: Readonly<Record<string, string | null>> };

/** What a listing held from which minute on; the first is its beginning here. */
const anyLife = fc
  .array(
    fc.record({
      pause: fc.integer({ min: 1, max: 50 }),
      price: fc.option(fc.integer({ min: 1, max: 9 }).map(String), { nil: null }),
      status: fc.constantFrom('Active', 'Pending', 'Closed'),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((steps): Step[] => {
    let minute = 0;
    return steps.map(({ pause, price, status }) => {
      minute += pause;
      return {
        minute,
        values: { ListPrice: price, StandardStatus: status },
      };
    });
  });

test('reconstructs the state that was stored at any time', () => {
  fc.assert(
    fc.property(anyLife, fc.integer({ min: 0, max: 450 }), (life, minute) => {
      const changes = life.slice(1).flatMap(({ minute: at, values }, nth): StoredChange[] =>
        FIELDS.flatMap((field) => {
          const before = life[nth]!.values[field] ?? null;
          const now = values[field] ?? null;
          if (before === now) return [];
          return [{ field, changedAt: time(at), upstreamAt: time(at), old: before, new: now, run: nth }];
        }),
      );
      const row = { createdAt: time(life[0]!.minute), deletedAt: null, values: life.at(-1)!.values };
      const found = reconstructState({ row, changes, deletions: [] }, FIELDS, time(minute));
      const then = life.findLast((step) => step.minute <= minute);
      if (then === undefined) {
        expect(found).toMatchObject({ state: 'not yet', since: time(life[0]!.minute) });
        return;
      }
      expect(found.state).toBe('known');
      for (const field of FIELDS) expect(found.values[field]?.value).toBe(then.values[field]);
    }),
    { numRuns: 500 },
  );
});

const row = { createdAt: time(10), deletedAt: null, values: { ListPrice: '5' } };

test('a listing was deleted from its deletion on, until it was taken back or came back', () => {
  const at = (minute: number, known: object): string =>
    reconstructState({ row, changes: [], deletions: [], ...known }, FIELDS, time(minute)).state;
  const deletions = [{ deletedAt: time(20), undoneAt: null, run: 3 }];
  expect([15, 20, 30].map((minute) => at(minute, { deletions }))).toEqual(['known', 'deleted', 'deleted']);
  const undone = [{ deletedAt: time(20), undoneAt: time(25), run: 3 }];
  expect([22, 25].map((minute) => at(minute, { deletions: undone }))).toEqual(['deleted', 'known']);
  const back = {
    field: 'deleted_at',
    changedAt: time(40),
    upstreamAt: time(39),
    old: time(20),
    new: null,
    run: 5,
  };
  const changes: StoredChange[] = [back];
  expect([39, 40, 50].map((minute) => at(minute, { deletions, changes }))).toEqual([
    'deleted',
    'known',
    'known',
  ]);
  expect(at(30, { row: { ...row, deletedAt: time(20) } })).toBe('deleted');
});

test('a removed listing is known from its stored changes; without them it is unknown', () => {
  const change = {
    field: 'ListPrice',
    changedAt: time(20),
    upstreamAt: time(19),
    old: '4',
    new: '5',
    run: 2,
  };
  const at = (minute: number) =>
    reconstructState({ row: undefined, changes: [change], deletions: [] }, ['ListPrice'], time(minute))
      .values['ListPrice'];
  expect(at(19)).toBeUndefined();
  expect(at(21)).toEqual({ value: '5', since: time(20), run: 2, until: null });
  expect(reconstructState({ row: undefined, changes: [], deletions: [] }, FIELDS, time(1)).state).toBe(
    'unknown',
  );
});

test('a listing that was removed for good and came back was there before, and gone between', () => {
  const change = {
    field: 'ListPrice',
    changedAt: time(20),
    upstreamAt: time(19),
    old: '4',
    new: '5',
    run: 2,
  };
  const known = {
    row: { createdAt: time(40), deletedAt: null, values: { ListPrice: '9', StandardStatus: 'Active' } },
    changes: [change],
    deletions: [{ deletedAt: time(30), undoneAt: null, run: 3 }],
  };
  const at = (minute: number) => reconstructState(known, FIELDS, time(minute));
  expect(at(10)).toMatchObject({ state: 'not yet' });
  expect(at(25)).toMatchObject({ state: 'known', values: { ListPrice: { value: '5' } } });
  expect(at(25).values).not.toHaveProperty('StandardStatus');
  expect(at(35)).toMatchObject({ state: 'deleted', since: time(30) });
  expect(at(45)).toMatchObject({
    state: 'known',
    since: time(40),
    values: { StandardStatus: { value: 'Active' } },
  });
});

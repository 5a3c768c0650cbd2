import { expect, test } from 'vitest';
import { sets } from '../../../src/sandbox/trestle/sets.ts';
import { type Compare, compareByTime, Table } from '../../../src/sandbox/trestle/table.ts';
import { randomOf } from '../../helpers/random.ts';

const byKeyBackwards: Compare = (a, b) => (a.key < b.key ? 1 : -1);

test('after any changes, each order equals a sort of all live entries', () => {
  const random = randomOf(7);
  const table = new Table(sets.get('Property')!);
  for (let round = 0; round < 40; round += 1) {
    for (let change = random(12); change > 0; change -= 1) {
      const key = String(random(60));
      const moment = new Date(Date.UTC(2026, 0, 1) + random(1000)).toISOString();
      if (random(4) === 0) table.remove(key);
      else table.put({ ListingKey: key, ModificationTimestamp: moment });
    }
    const live = [...table.values()];
    expect(table.sorted()).toEqual(live.toSorted(compareByTime));
    expect(table.ordered('backwards', byKeyBackwards)).toEqual(live.toSorted(byKeyBackwards));
  }
});

import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { served } from '../../../helpers/serve.ts';
import { insertRows, listingRow, sqlTime, START } from '../../../helpers/stored-listings.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
});

const ORDERS = ['updated_at', 'list_price', 'modification_timestamp', 'on_market_date'] as const;

/** Few values, so that many rows share one. */
const values = fc.record({
  second: fc.integer({ min: 0, max: 3 }),
  price: fc.option(fc.integer({ min: 1, max: 3 })),
  day: fc.option(fc.integer({ min: 1, max: 3 })),
});

type Values = { readonly second: number; readonly price: number | null; readonly day: number | null };

function toColumns({ second, price, day }: Values) {
  const at = sqlTime(START + second * 1000);
  return {
    updated_at: at,
    modification_timestamp: at,
    list_price: price,
    on_market_date: day === null ? null : `2026-01-0${day}`,
  };
}

/** What happens between two pages, to one of the first rows or to a new one. */
const change = fc.record({
  kind: fc.constantFrom('insert', 'move', 'delete', 'hide', 'remove'),
  row: fc.nat({ max: 9 }),
  values,
});

type Change = { readonly kind: string; readonly row: number; readonly values: Values };

async function apply({ kind, row, values: next }: Change, nth: number): Promise<void> {
  const key = listingRow(row)['listing_key'];
  const set = (sql: string, more: unknown[] = []) =>
    db.query(`UPDATE properties SET ${sql} WHERE listing_key = ?`, [...more, key]);
  if (kind === 'insert') await insertRows(db, 'properties', [listingRow(500 + nth, toColumns(next))]);
  else if (kind === 'move') {
    const columns = Object.entries(toColumns(next));
    await set(
      columns.map(([name]) => `${name} = ?`).join(', '),
      columns.map(([, value]) => value),
    );
  } else if (kind === 'delete') await set('deleted_at = updated_at');
  else if (kind === 'hide') await set('internet_entire_listing_display_yn = 0');
  else await db.query('DELETE FROM properties WHERE listing_key = ?', [key]);
}

test('a walk by cursor while rows change has each row once that did not change', async () => {
  const { get } = await served(db, { SERVE_LISTINGS: 'on' });
  const scenario = fc.record({
    rows: fc.array(values, { minLength: 12, maxLength: 30 }),
    column: fc.constantFrom(...ORDERS),
    direction: fc.constantFrom('asc', 'desc'),
    size: fc.integer({ min: 1, max: 7 }),
    changes: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 6 }),
    copies: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ rows, column, direction, size, changes, copies }) => {
      await db.query('DELETE FROM properties');
      await insertRows(
        db,
        'properties',
        rows.map((each, nth) => listingRow(nth, toColumns(each))),
      );
      const mode = copies ? '&updated_after=2025-12-31T00:00:00Z' : `&sort_by=${column}`;
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0, nth = 0; cursor !== null; page += 1) {
        const place: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const reply = await get(
          `/listings?page_size=${size}&sort_order=${direction}&count=false${mode}${place}`,
        );
        expect(reply.status).toBe(200);
        const { data, metadata } = reply.json();
        seen.push(...data.map(({ listing_key: key }) => String(key)));
        cursor = metadata.pagination.next_cursor;
        for (const each of changes[page] ?? []) await apply(each, (nth += 1) + page * 10);
      }
      const stable = rows.map((_, nth) => String(listingRow(nth)['listing_key'])).slice(10);
      for (const key of stable) expect([key, seen.filter((each) => each === key).length]).toEqual([key, 1]);
    }),
    { numRuns: 40 },
  );
});

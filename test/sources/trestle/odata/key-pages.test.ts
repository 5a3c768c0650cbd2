import { expect, test } from 'vitest';
import { clock } from '../../../../src/host/clock.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import { readKeyBody } from '../../../../src/sources/trestle/odata/body.ts';
import type { ODataClient } from '../../../../src/sources/trestle/odata/client.ts';
import { readKeyPages } from '../../../../src/sources/trestle/odata/key-pages.ts';
import { recordText } from '../../../../src/transform/scan-record.ts';

const KEYS = 30_000;
const PAGES = 3;

const keyOf = (n: number): string => String(1_000_000_000 + n);

const unexpected = (): never => {
  throw new Error('not expected');
};

test('promise 22: the memory of an answer with many keys is freed before the next one is requested', async () => {
  const bodies: Buffer[] = [];
  const held: number[] = [];
  const client: ODataClient = {
    fetch: unexpected,
    get: unexpected,
    quota: unexpected,
    calls: () => bodies.length,
    now: clock.now,
    waited: () => 0,
    getKeys: () => {
      held.push(bodies.reduce((sum, { byteLength }) => sum + byteLength, 0));
      const first = KEYS * bodies.length;
      const value = Array.from({ length: KEYS }, (_, n) => ({
        ListingKey: keyOf(first + n),
        ModificationTimestamp: '2026-03-19T12:00:00.000Z',
      }));
      const body = Buffer.from(JSON.stringify({ '@odata.count': KEYS * PAGES, value }));
      bodies.push(body);
      return readKeyBody({ status: 200, headers: {}, body });
    },
  };
  const feed = { client, clock, base: 'http://127.0.0.1', pageSize: 1000, filters: {} };
  const query = { kind: 'census', select: ['ListingKey'], top: KEYS } as const;
  const keys: string[] = [];
  for await (const { records } of readKeyPages(feed, property, query, new AbortController().signal)) {
    expect(records.length).toBeLessThanOrEqual(10_000);
    for (const record of records)
      keys.push((JSON.parse(recordText(record)) as { ListingKey: string }).ListingKey);
    if (keys.length === KEYS * PAGES) break;
  }
  expect(keys).toEqual(Array.from({ length: KEYS * PAGES }, (_, n) => keyOf(n)));
  expect(held).toEqual([0, 0, 0]);
});

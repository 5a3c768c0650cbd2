import { expect, test } from 'vitest';
import { asked } from '../helpers/photo-requests.ts';
import { pipeline } from '../helpers/pipeline.ts';

test('promise 14: 10,000 listings whose photos moved are found by one request and fetched in batches', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 10_200, mediaPerListing: 0, oddValues: false });
  await run({}, { keepPayload: false });
  const at = Date.now();
  for (const [nth, record] of [...sandbox.feed.records('Property')].slice(0, 10_000).entries()) {
    const moved = new Date(at + nth).toISOString();
    sandbox.feed.put('Property', { ...record, PhotosChangeTimestamp: moved });
  }
  sandbox.requests.length = 0;
  await run({}, { keepPayload: false });
  const { photos, byKey } = asked(sandbox);
  expect(photos).toHaveLength(1);
  expect(byKey.length).toBeLessThanOrEqual(Math.ceil(10_000 / 240));
  const [row] = await db.query<{ n: string }>(
    'SELECT COUNT(*) AS n FROM properties WHERE photos_change_timestamp IS NOT NULL AND media_due = 0',
  );
  expect(row).toEqual({ n: '10000' });
});

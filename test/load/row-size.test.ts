import { expect, test } from 'vitest';
import { estimateRowSize } from '../../src/load/row-size.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { pipeline } from '../helpers/pipeline.ts';

test('the row size comes from the tables if they have enough rows, and from defaults before', async () => {
  const { db, database, run } = await pipeline({ listings: 2500, mediaPerListing: 1 });
  const empty = await estimateRowSize(database, property, true);
  expect(empty.isMeasured).toBe(false);
  await run();
  await db.query('ANALYZE TABLE properties, properties_raw, media, media_raw');
  const whole = await estimateRowSize(database, property, true);
  const [size] = await db.query<{ bytes: string }>(
    'SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables ' +
      "WHERE table_schema = DATABASE() AND table_name IN ('properties', 'properties_raw')",
  );
  expect(whole.isMeasured).toBe(true);
  expect(whole.bytes * 2500).toBeGreaterThan(Number(size!.bytes) * 0.85);
  expect(whole.bytes * 2500).toBeLessThan(Number(size!.bytes) * 1.15);
  // Without the payload it is less.
  const bare = await estimateRowSize(database, property, false);
  expect(bare.bytes).toBeLessThan(whole.bytes / 2);
  expect((await estimateRowSize(database, media, true)).bytes).toBeLessThan(whole.bytes);
});

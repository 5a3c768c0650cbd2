import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

test('8,000 listings and 24,000 media are here after a full-load, every value of every column', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 8000 });
  const outcome = await run({ mode: 'full-load' });

  expect(outcome.status).toBe('success');
  expect(outcome.totals).toMatchObject({ processed: 32_000, inserted: 32_000, rejected: 0, deleted: 0 });
  expect(await expectParity(sandbox, db, property)).toBe(8000);
  expect(await expectParity(sandbox, db, media)).toBe(24_000);
  expect(await db.query('SELECT COUNT(*) AS due FROM properties WHERE media_due = 1')).toEqual([
    { due: '0' },
  ]);

  sandbox.requests.length = 0;
  const again = await run({ mode: 'full-load' });
  expect(again.totals).toMatchObject({ processed: 32_000, unchanged: 32_000, inserted: 0, updated: 0 });
});

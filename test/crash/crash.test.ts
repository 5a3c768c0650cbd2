import { expect, test } from 'vitest';
import type { Database } from '../../src/db/pool.ts';
import { UnavailableError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { fakeClock } from '../helpers/fake-clock.ts';
import { expectParity } from '../helpers/parity.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { pipeline } from '../helpers/pipeline.ts';
import { crashTest } from './crash.ts';

// `npm run test:crash` sets more of them, and others.
const FIRST = Number(process.env['CRASH_SEED'] ?? 1);
const SEEDS = Number(process.env['CRASH_SEEDS'] ?? 2);
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 5);

test.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
  'promise 1: whatever is killed and whenever, in the end the database equals the feed (seed %i)',
  (seed) => crashTest(seed, ROUNDS),
  2 * PATIENCE_MS,
);

/** A database whose runs lose their connection at the second page's rows. */
function breaking(database: Database, watermarkFirst: boolean): Database {
  let upserts = 0;
  return {
    ...database,
    connect: async () => {
      const connection = await database.connect();
      return {
        ...connection,
        run: async (sql, values) => {
          if (sql.startsWith('INSERT INTO `properties`')) upserts += 1;
          if (upserts === 2) throw new UnavailableError('cut', { op: 'test' });
          const result = await connection.run(sql, values);
          if (watermarkFirst && sql.startsWith('UPDATE etl_watermark')) {
            await connection.run('COMMIT');
            await connection.run('START TRANSACTION');
          }
          return result;
        },
      };
    },
  };
}

test.each([
  ['rows and watermark commit together: nothing is lost', false],
  ['a mutant that commits the watermark first is caught', true],
])('promise 1: %s', async (_, isMutant) => {
  const { sandbox, db, database, run } = await pipeline({ listings: 300 });
  const settings = { odata: { pageSize: 100 } };
  const broken = breaking(database, isMutant);
  await expect(
    run(
      { resources: [property] },
      { ...settings, tools: { database: broken, clock: fakeClock(Date.now()) } },
    ),
  ).rejects.toThrow();
  // Everything up to the watermark has to be here at any moment.
  const [watermark] = await db.query('SELECT cursor_timestamp AS at FROM etl_watermark');
  const reached = Date.parse(String(watermark!['at']));
  const times = [...sandbox.feed.records('Property')].map((record) =>
    readText(record, 'ModificationTimestamp'),
  );
  const passed = times.filter((time) => Date.parse(time) <= reached).length;
  const [rows] = await db.query('SELECT COUNT(*) AS n FROM properties');
  expect(Number(rows!['n']) < passed).toBe(isMutant);
  await run({ resources: [property] }, settings);
  expect(await expectParity(sandbox, db, property)).toBe(300);
});

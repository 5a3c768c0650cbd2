import { expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { serverKind } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const isMaria = serverKind() === 'mariadbd';
const PADDED = 'utf8mb4_bin';

async function failure({ run }: Pipeline): Promise<unknown> {
  return run().catch((reason: unknown) => reason);
}

/** Runs what the hint says, up to its first word that is no SQL. */
async function follow({ db }: Pipeline, error: unknown): Promise<void> {
  const { hint = '' } = error as ConfigError;
  for (const statement of hint
    .split(' then: ')[0]!
    .split(';')
    .filter((text) => text.trim() !== ''))
    await db.query(statement);
}

test.each([
  [
    'the keys of listings',
    'ALTER TABLE properties CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    'properties.listing_key',
  ],
  [
    'the keys of payloads',
    `ALTER TABLE properties_raw MODIFY listing_key VARCHAR(255) COLLATE ${PADDED} NOT NULL`,
    'properties_raw.listing_key',
  ],
  [
    'the parents of media',
    'ALTER TABLE media MODIFY resource_record_key VARCHAR(255) COLLATE utf8mb4_general_ci NOT NULL',
    'media.resource_record_key',
  ],
  [
    'the keys in quarantine',
    'ALTER TABLE etl_quarantine CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    'etl_quarantine.record_key',
  ],
])(
  'promise 7: %s with another collation end the run before anything is written, with the ALTER that helps',
  async (_, alter, column) => {
    const all = await pipeline({ listings: 10 });
    await all.run();
    await all.db.query(alter);
    const error = await failure(all);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 78, message: expect.stringContaining(column) });
    const [last] = await all.db.query('SELECT status FROM etl_sync_log ORDER BY id DESC LIMIT 1');
    expect(last).toEqual({ status: 'failed' });
    await follow(all, error);
    const [first] = [...all.sandbox.feed.records('Property')];
    // In the case of the first one only.
    for (const key of ['k1a', 'K1A', 'k1a '])
      all.sandbox.feed.put('Property', {
        ...first!,
        ListingKey: key,
        ModificationTimestamp: new Date().toISOString(),
      });
    expect((await all.run({ resources: [property] })).totals).toMatchObject({ inserted: 3, rejected: 0 });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(13);
  },
);

test('promise 7: payloads of MySQL’s type JSON, which changes them, end the run with the ALTER; MariaDB’s keeps them', async () => {
  const all = await pipeline({ listings: 10 });
  await all.run();
  await all.db.query('ALTER TABLE properties_raw MODIFY payload JSON NOT NULL');
  all.sandbox.feed.changeListings(3);
  if (isMaria) {
    expect((await all.run()).status).toBe('success');
  } else {
    const error = await failure(all);
    expect(error).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('properties_raw.payload is json'),
    });
    await follow(all, error);
    expect((await all.run()).status).toBe('success');
  }
  const [column] = await all.db.query(
    "SELECT data_type AS t FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'properties_raw' AND column_name = 'payload'",
  );
  expect(String(column!['t'])).toBe('longtext');
});

test('doctor names altered columns, and unique indexes that trestle-etl did not make', async () => {
  const all = await pipeline({ listings: 5 });
  await all.run();
  const folder = configured(all.sandbox, all.db);
  const tables = async (): Promise<Record<string, string>> => {
    const { stdout } = await trestle(folder, ['doctor', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: Record<string, string>[] };
    return checks.find(({ name }) => name === 'tables')!;
  };
  expect(await tables()).toMatchObject({ result: 'ok' });
  await all.db.query('CREATE TABLE own_table (id INT, UNIQUE own_id (id))');
  await all.db.query('ALTER TABLE media ADD UNIQUE own_order (resource_record_key, `order`)');
  const warned = await tables();
  expect(warned).toMatchObject({ result: 'warn', advice: expect.stringContaining('quarantine') });
  expect(warned['what']).toMatch(/: media\.own_order$/);
  await all.db.query('ALTER TABLE properties CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci');
  const failed = await tables();
  expect(failed).toMatchObject({
    result: 'fail',
    what: expect.stringContaining('properties.listing_key is utf8mb4_unicode_ci'),
  });
  expect(failed['advice']).toMatch(
    /^ALTER TABLE properties MODIFY listing_key VARCHAR\(255\) COLLATE utf8mb4_\w+_bin NOT NULL;/,
  );
});

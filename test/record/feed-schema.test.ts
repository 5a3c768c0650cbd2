import { beforeEach, describe, expect, test } from 'vitest';
import { transaction } from '../../src/db/transaction.ts';
import { databaseToolsOf } from '../../src/run/active-run.ts';
import type { Database } from '../../src/db/pool.ts';
import type { FeedSchema } from '../../src/dataset/feed-schema.ts';
import { pruneSchemas, readSchemas, saveSchema } from '../../src/record/feed-schema.ts';
import { pipeline } from '../helpers/pipeline.ts';

const START = Date.UTC(2026, 2, 19, 12);
const DAY = 86_400_000;

const version = (hash: string, members = 1): FeedSchema => ({
  namespace: 'N',
  hash,
  sets: { Property: { key: ['K'], fields: { K: { type: 'Enum', members } }, links: {} } },
});

let database: Database;

beforeEach(async () => {
  ({ database } = await pipeline({ listings: 1 }));
});

async function save(schema: FeedSchema, now: number): Promise<void> {
  await saveSchema(database, schema, 7, now);
}

describe('the versions of the feed’s schema', () => {
  test('are stored if they differ from the newest; otherwise only the check time changes', async () => {
    await save(version('a'), START);
    await save(version('a', 2), START + DAY);
    await save(version('b'), START + 2 * DAY);
    await save(version('a'), START + 3 * DAY);
    const kept = await readSchemas(database, 9);
    expect(kept.map(({ schema, seenAt, checkedAt }) => [schema.hash, seenAt, checkedAt])).toEqual([
      ['a', START + 3 * DAY, START + 3 * DAY],
      ['b', START + 2 * DAY, START + 2 * DAY],
      ['a', START, START + DAY],
    ]);
    // What lists hold is no change, but kept as it is now.
    expect(kept[2]?.schema).toEqual(version('a', 2));
    expect(kept[2]?.run).toBe(7);
  });

  test('keep their previous name if only the name has changed', async () => {
    await save(version('a'), START);
    await save({ ...version('a'), namespace: 'M' }, START + DAY);
    await save({ ...version('a'), namespace: 'M' }, START + 2 * DAY);
    const kept = await readSchemas(database, 9);
    expect(kept).toMatchObject([{ schema: { namespace: 'M' }, formerly: 'N', seenAt: START }]);
    expect(kept[0]?.schema).toEqual({ ...version('a'), namespace: 'M' });
  });

  test('are stored once if several processes asked at the same time', async () => {
    await save(version('a'), START);
    const tools = databaseToolsOf((await pipeline({ listings: 1 })).tools());
    const one = async (now: number) => {
      const connection = await database.connect();
      await transaction(connection, tools, (session) => saveSchema(session, version('b'), 7, now));
      connection.release();
    };
    await Promise.all([1, 2, 3, 4].map((minute) => one(START + minute * 60_000)));
    expect((await readSchemas(database, 9)).map(({ schema }) => schema.hash)).toEqual(['b', 'a']);
  });

  test('are the newest when stored, even with a slow clock', async () => {
    await save(version('a'), START);
    await save(version('b'), START - DAY);
    const [newest] = await readSchemas(database, 1);
    expect(newest).toMatchObject({ schema: version('b'), seenAt: START + 1, checkedAt: START - DAY });
  });

  test('are limited in number', async () => {
    for (let nth = 0; nth < 103; nth += 1) await saveSchema(database, version(`h${nth}`), 1, START + nth);
    await pruneSchemas(database);
    const kept = await readSchemas(database, 200);
    expect(kept).toHaveLength(100);
    expect(kept[0]?.schema.hash).toBe('h102');
    expect(kept.at(-1)?.schema.hash).toBe('h3');
  });
});

import { expect, test } from 'vitest';
import { type Connection, type Database, openDatabase } from '../../src/db/pool.ts';
import { FencedError, TransactionRetryError, UnavailableError } from '../../src/errors.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline, temporaryFolder } from '../helpers/pipeline.ts';

/** A page of these has about 2 MB. */
const LISTINGS = 300;

const only = { resources: [property] };

type Watch = (sql: string, nth: number, connection: Connection) => Promise<void> | void;

/** Sees each statement before it runs, with the number of its connection: 1 is that of the run, 2 that of the payloads. */
function withWatch(database: Database, watch: Watch): Database {
  let connections = 0;
  return {
    ...database,
    connect: async (use) => {
      const connection = await database.connect(use);
      const nth = (connections += 1);
      const run: Connection['run'] = async (sql, values) => {
        await watch(sql, nth, connection);
        return connection.run(sql, values);
      };
      return { ...connection, run };
    },
  };
}

async function count({ db }: Pick<Pipeline, 'db'>, from: string): Promise<number> {
  const [row] = await db.query<{ n: string }>(`SELECT COUNT(*) AS n FROM ${from}`);
  return Number(row!.n);
}

const PAYLOADS_WITHOUT_ROW =
  'properties_raw r LEFT JOIN properties p USING (listing_key) WHERE p.listing_key IS NULL';

/** How often the run wrote payloads with their rows instead, and why. */
function fallbacks({ lines }: Pipeline): unknown[] {
  return lines
    .filter(({ message }) => message === 'payloads are written with their rows')
    .map(({ data }) => (data as { err: Error }).err.message);
}

/** A run that ends after the payloads of its first page are committed, and before the rows are. */
async function crashAfterPayloads(all: Pipeline): Promise<void> {
  let writesRows = false;
  const database = withWatch(all.database, (sql, nth) => {
    if (nth === 1 && sql.startsWith('INSERT INTO `properties`')) writesRows = true;
    if (nth === 1 && writesRows && sql.startsWith('UPDATE etl_sync_log')) throw new Error('cut');
  });
  await expect(all.run(only, { tools: { database } })).rejects.toThrow('cut');
}

test('payloads of new listings are committed by a second connection, before the transaction of their rows', async () => {
  const all = await pipeline({ listings: LISTINGS });
  const seen: string[] = [];
  const database = withWatch(all.database, (sql, nth) => {
    if (/^(?:COMMIT|INSERT INTO `properties(?:_raw)?`)/.test(sql)) seen.push(`${nth} ${sql.slice(0, 28)}`);
  });
  await all.run(only, { tools: { database } });
  const payloads = seen.filter((each) => each.includes('_raw'));
  expect(payloads.length).toBeGreaterThan(1);
  expect(payloads.filter((each) => !each.startsWith('2'))).toEqual([]);
  const rowsCommitted = seen.indexOf(
    '1 COMMIT',
    seen.findIndex((each) => each.startsWith('1 INSERT')),
  );
  expect(seen.indexOf('2 COMMIT')).toBeLessThan(rowsCommitted);
  expect(seen.filter((each) => each === '2 COMMIT')).toHaveLength(1);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
});

test('promise 1: after a crash between both commits nothing is visible, and the next run replaces what was left', async () => {
  const all = await pipeline({ listings: LISTINGS });
  await crashAfterPayloads(all);
  expect([await count(all, 'properties'), await count(all, PAYLOADS_WITHOUT_ROW)]).toEqual([0, LISTINGS]);
  all.sandbox.feed.changeListings(50);
  await all.run(only);
  expect(fallbacks(all)).toEqual([expect.stringContaining('Duplicate entry')]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
  expect(await count(all, PAYLOADS_WITHOUT_ROW)).toBe(0);
});

test('payloads whose listings do not come again after a crash are purged', async () => {
  const all = await pipeline({ listings: LISTINGS });
  await crashAfterPayloads(all);
  all.sandbox.feed.removeListings(20);
  await all.run(only);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS - 20);
  expect([await count(all, PAYLOADS_WITHOUT_ROW), await count(all, 'etl_early_payload')]).toEqual([0, 0]);
  expect(all.lines).toContainEqual(
    expect.objectContaining({
      message: 'purged payloads without a row',
      data: { resource: 'Property', payloads: 20 },
    }),
  );
});

test('a listing that the database refuses leaves no payload, also if the transaction is repeated', async () => {
  const all = await pipeline({ listings: 2 * LISTINGS });
  const [first] = [...all.sandbox.feed.records('Property')];
  const { ListingKey: key } = JSON.parse(all.sandbox.feed.serveText('Property', first!)) as {
    ListingKey: string;
  };
  await all.db.query(`ALTER TABLE properties ADD CONSTRAINT own CHECK (listing_key <> '${key}')`);
  let repeats = 0;
  const database = withWatch(all.database, (sql, nth) => {
    if (nth !== 1 || !sql.startsWith('DELETE FROM `properties_raw`') || repeats > 0) return;
    repeats += 1;
    throw new TransactionRetryError('deadlock', { op: 'test' });
  });
  const { totals } = await all.run(only, { odata: { pageSize: LISTINGS }, tools: { database } });
  expect(repeats).toBe(1);
  expect(totals).toMatchObject({ inserted: 2 * LISTINGS - 1, rejected: 1 });
  expect(await count(all, 'properties_raw')).toBe(2 * LISTINGS - 1);
});

test("if the user's foreign key needs the row first, the run writes the payloads itself", async () => {
  const all = await pipeline({ listings: 3 * LISTINGS });
  await all.db.query(
    'ALTER TABLE properties_raw ADD FOREIGN KEY (listing_key) REFERENCES properties (listing_key)',
  );
  await all.run(only, { odata: { pageSize: LISTINGS } });
  // Then it does not try again.
  expect(fallbacks(all)).toHaveLength(2);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(3 * LISTINGS);
});

test('an account that is limited to two connections loads listings and their photos as before', async () => {
  const all = await pipeline({ listings: LISTINGS });
  await all.db.query(`CREATE USER limited IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 2`);
  await all.db.query(`GRANT ALL ON \`${all.db.name}\`.* TO limited`);
  const database = openDatabase({
    ...all.db,
    user: 'limited',
    password: 'x',
    socket: undefined,
    database: all.db.name,
    tls: undefined,
  });
  try {
    await all.run({ resources: [property, media] }, { tools: { database } });
  } finally {
    await database.close();
    await all.db.query('DROP USER limited');
  }
  expect(fallbacks(all)).toHaveLength(2);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
  expect(await expectParity(all.sandbox, all.db, media)).toBe(3 * LISTINGS);
});

test('after the connection of the run broke, the payloads take a new connection, too', async () => {
  const all = await pipeline({ listings: 2 * LISTINGS });
  const used: number[] = [];
  let pages = 0;
  const database = withWatch(all.database, (sql, nth) => {
    if (sql.startsWith('INSERT INTO `properties_raw`')) used.push(nth);
    if (!sql.startsWith('UPDATE etl_watermark')) return;
    pages += 1;
    if (pages === 2) throw new UnavailableError('cut', { op: 'test' });
  });
  await all.run(only, { odata: { pageSize: LISTINGS }, tools: { database } });
  // 3 is the new connection of the run.
  expect([...new Set(used)]).toEqual([2, 4]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(2 * LISTINGS);
});

test('a run that was fenced off does not replace the payloads of another run', async () => {
  const all = await pipeline({ listings: LISTINGS });
  let isFirst = true;
  const slow = withWatch(all.database, async (sql, nth, connection) => {
    if (nth !== 2 || !isFirst || sql !== 'START TRANSACTION') return;
    isFirst = false;
    // The first run loses its locks before its payloads are written; the other run loads newer versions.
    await killOthers(all, connection);
    all.sandbox.feed.changeListings(LISTINGS);
    await all.run(only, { stateDir: temporaryFolder() });
  });
  await expect(all.run(only, { tools: { database: slow } })).rejects.toThrow(FencedError);
  expect(fallbacks(all)).toEqual([expect.stringContaining('Duplicate entry')]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
});

/** Ends the other connections, one of which holds the lock of the run. */
async function killOthers(all: Pipeline, own: Connection): Promise<void> {
  const [{ id }] = (await own.select<{ id: number }>('SELECT CONNECTION_ID() AS id')) as [{ id: number }];
  const others = await all.db.query<{ id: string }>(
    `SELECT id FROM information_schema.processlist WHERE db = '${all.db.name}' AND id NOT IN (${id}, CONNECTION_ID())`,
  );
  for (const other of others) await all.db.query(`KILL ${other.id}`).catch(() => undefined);
}

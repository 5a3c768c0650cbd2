import { expect, test } from 'vitest';
import type { Connection, Database } from '../../src/db/pool.ts';
import { UnavailableError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline, temporaryFolder } from '../helpers/pipeline.ts';

/** A page of these has about 2 MB. */
const LISTINGS = 300;

const only = { resources: [property] };

type Watch = (sql: string, nth: number, connection: Connection) => Promise<void> | void;

/** Sees each statement before it runs, with the number of its connection: 1 is that of the run. */
function watched(database: Database, watch: Watch): Database {
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

const STRAYS = 'properties_raw r LEFT JOIN properties p USING (listing_key) WHERE p.listing_key IS NULL';

/** A run that ends after its second connection has committed the payloads, before its own transaction is. */
async function crashAfterPayloads(all: Pipeline): Promise<void> {
  let writesRows = false;
  const database = watched(all.database, (sql, nth) => {
    if (nth === 1 && sql.startsWith('INSERT INTO `properties`')) writesRows = true;
    if (nth === 1 && writesRows && sql.startsWith('UPDATE etl_sync_log')) throw new Error('cut');
  });
  await expect(all.run(only, { tools: { database } })).rejects.toThrow('cut');
}

test('payloads of new listings are committed by a second connection before the rows, and not again', async () => {
  const all = await pipeline({ listings: LISTINGS });
  const seen: string[] = [];
  const database = watched(all.database, (sql, nth) => {
    if (/^(?:COMMIT|INSERT INTO `properties(?:_raw)?`)/.test(sql)) seen.push(`${nth} ${sql.slice(0, 28)}`);
  });
  await all.run(only, { tools: { database } });
  const payloads = seen.filter((each) => each.includes('_raw'));
  expect(payloads.length).toBeGreaterThan(1);
  expect(payloads.filter((each) => !each.startsWith('2'))).toEqual([]);
  expect(seen.indexOf('2 COMMIT')).toBeGreaterThan(seen.lastIndexOf(payloads[0]!));
  expect(seen.lastIndexOf('1 COMMIT')).toBeGreaterThan(seen.lastIndexOf('2 COMMIT'));
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
});

test('promise 1: after a crash between both commits nothing is visible, and the next run replaces what was left', async () => {
  const all = await pipeline({ listings: LISTINGS });
  await crashAfterPayloads(all);
  expect([await count(all, 'properties'), await count(all, STRAYS)]).toEqual([0, LISTINGS]);
  all.sandbox.feed.changeListings(50);
  await all.run(only);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
  expect(await count(all, STRAYS)).toBe(0);
});

test('payloads whose listings do not come again after a crash are removed', async () => {
  const all = await pipeline({ listings: LISTINGS });
  await crashAfterPayloads(all);
  all.sandbox.feed.removeListings(20);
  await all.run(only);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS - 20);
  expect([await count(all, STRAYS), await count(all, 'etl_early_payload')]).toEqual([0, 0]);
});

test('a listing that the database refuses leaves no payload', async () => {
  const all = await pipeline({ listings: LISTINGS });
  const [first] = [...all.sandbox.feed.records('Property')];
  const key = all.sandbox.feed.serveText('Property', first!).match(/"ListingKey":"?(\w+)/)![1]!;
  await all.db.query(`ALTER TABLE properties ADD CONSTRAINT own CHECK (listing_key <> '${key}')`);
  const { totals } = await all.run(only);
  expect(totals).toMatchObject({ inserted: LISTINGS - 1, rejected: 1 });
  expect(await count(all, 'properties_raw')).toBe(LISTINGS - 1);
});

test("a user's foreign key from payloads to listings makes the run write both itself", async () => {
  const all = await pipeline({ listings: 2 * LISTINGS });
  await all.db.query(
    'ALTER TABLE properties_raw ADD FOREIGN KEY (listing_key) REFERENCES properties (listing_key)',
  );
  const connections = new Set<number>();
  const database = watched(all.database, (sql, nth) => {
    if (sql === 'COMMIT') connections.add(nth);
  });
  await all.run(only, { odata: { pageSize: LISTINGS }, tools: { database } });
  expect([...connections]).toEqual([1]);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(2 * LISTINGS);
});

test('an account that is limited to one connection loads as before', async () => {
  const all = await pipeline({ listings: LISTINGS });
  let connections = 0;
  const database: Database = {
    ...all.database,
    connect: async (use) => {
      connections += 1;
      if (connections > 1) throw new UnavailableError('too many connections', { op: 'connect' });
      return all.database.connect(use);
    },
  };
  await all.run(only, { tools: { database } });
  expect(connections).toBe(2);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
});

test('a run that was fenced off does not replace the payloads of another run', async () => {
  const all = await pipeline({ listings: LISTINGS });
  let isFirst = true;
  const slow = watched(all.database, async (sql, nth, connection) => {
    if (nth !== 2 || !isFirst || sql !== 'START TRANSACTION') return;
    isFirst = false;
    // The first run loses its locks while its second connection has not begun; the other run loads newer versions.
    await connection.run('SELECT 1');
    await killOthers(all, connection);
    all.sandbox.feed.changeListings(LISTINGS);
    await all.run(only, { stateDir: temporaryFolder() });
  });
  await all.run(only, { tools: { database: slow } }).catch(() => undefined);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(LISTINGS);
});

/** Ends the connection that holds the lock of the run. */
async function killOthers(all: Pipeline, own: Connection): Promise<void> {
  const [{ id }] = (await own.select<{ id: number }>('SELECT CONNECTION_ID() AS id')) as [{ id: number }];
  const others = await all.db.query<{ id: string }>(
    `SELECT id FROM information_schema.processlist WHERE db = '${all.db.name}' AND id NOT IN (${id}, CONNECTION_ID())`,
  );
  for (const other of others) await all.db.query(`KILL ${other.id}`).catch(() => undefined);
}

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type FreshDatabase, serverKind } from '../helpers/database.ts';
import { type OwnServer, startOwnServer } from '../helpers/own-server.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

let own: OwnServer;
let feed: Pipeline;
let databases = 0;

beforeAll(async () => {
  own = await startOwnServer();
  feed = await pipeline({ listings: 20 });
});

beforeEach(() => own.setGlobals({}));

const isMaria = serverKind() === 'mariadbd';

async function newDatabase(): Promise<FreshDatabase> {
  databases += 1;
  return own.database(`options${databases}`);
}

/** One sync on new connections. @returns its outcome, or its error. */
async function sync(db: FreshDatabase): Promise<unknown> {
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  try {
    return await feed.run({}, { tools: { database } });
  } catch (error) {
    return error;
  } finally {
    await database.close();
  }
}

async function lastRun(db: FreshDatabase): Promise<object | undefined> {
  const [row] = await db.query('SELECT status, error_message FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  return row;
}

test.each(['1024', '9216', '16384', '65535'])(
  'with a max_allowed_packet of %s bytes a run ends with 78 and the reason, puts nothing into quarantine, and says so in its row',
  async (bytes) => {
    const db = await newDatabase();
    await sync(db);
    feed.sandbox.feed.changeListings(3);
    await own.setGlobals({ max_allowed_packet: bytes });
    expect(await sync(db)).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('max_allowed_packet'),
      hint: expect.stringContaining('SET GLOBAL max_allowed_packet'),
    });
    expect(await lastRun(db)).toEqual({
      status: 'failed',
      error_message: expect.stringContaining('max_allowed_packet'),
    });
    expect(await db.query('SELECT record_key FROM etl_quarantine')).toEqual([]);
    await own.setGlobals({});
    expect(await sync(db)).toMatchObject({ status: 'success' });
  },
);

test('on a new database too, the packet size is named before anything is made', async () => {
  const db = await newDatabase();
  await own.setGlobals({ max_allowed_packet: '9216' });
  expect(await sync(db)).toMatchObject({
    exitCode: 78,
    message: expect.stringContaining('max_allowed_packet'),
  });
  expect(await db.query('SHOW TABLES')).toEqual([]);
});

test('with the smallest packets that are taken, a first load stores what fits and names the rest', async () => {
  const db = await newDatabase();
  await own.setGlobals({ max_allowed_packet: '65536' });
  expect(await sync(db)).toMatchObject({ status: 'success', totals: { rejected: 0 } });
  expect(await expectParity(feed.sandbox, db, property)).toBe(20);
});

test('an init_connect that fails is named as a possible reason for a connection that ends at once', async () => {
  const db = await newDatabase();
  await own.setGlobals({ init_connect: 'SET nonsense = 7' });
  expect(await sync(db)).toMatchObject({ exitCode: 69, hint: expect.stringContaining('init_connect') });
});

describe('a sync stores the same on a server with', () => {
  test.each([
    { init_connect: 'SET insert_id = 1' },
    { init_connect: 'SET insert_id = 1, last_insert_id = 5' },
    ...(isMaria ? [{ sort_buffer_size: '1024' }] : [{ sort_buffer_size: '32768' }]),
  ])('%j', async (globals) => {
    const db = await newDatabase();
    await sync(db);
    feed.sandbox.feed.changeListings(3);
    await own.setGlobals(globals);
    for (let run = 0; run < 2; run += 1) {
      expect(await sync(db)).toMatchObject({ status: 'success' });
    }
    expect(await expectParity(feed.sandbox, db, property)).toBe(20);
    await expectParity(feed.sandbox, db, media);
    const runs = await db.query<{ id: string }>('SELECT id FROM etl_sync_log ORDER BY id');
    expect(runs.map(({ id }) => Number(id))).toEqual([...new Set(runs.map(({ id }) => Number(id)))]);
    expect(runs).toHaveLength(3);
  });
});

const BOTH = [['read_only = 1', 'read_only = 0', 69, /takes no writes/, /read_only = OFF/]] as const;
const MARIADB_ONLY = [
  [
    'max_session_mem_used = 500000',
    'max_session_mem_used = DEFAULT',
    69,
    /reached a limit/,
    /max_session_mem_used/,
  ],
  ['enforce_storage_engine = Aria', 'enforce_storage_engine = NULL', 78, /InnoDB/, /enforce_storage_engine/],
] as const;

test.each([...BOTH, ...(isMaria ? MARIADB_ONLY : [])])(
  'an option that forbids a statement (1290) is named: %s',
  async (set, reset, exitCode, message, hint) => {
    const db = await newDatabase();
    await own.root.query(`SET GLOBAL ${set}`);
    const error = await sync(db);
    await own.root.query(`SET GLOBAL ${reset}`);
    expect(error).toMatchObject({
      exitCode,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  },
);

test.runIf(isMaria)(
  'a table that the user made system-versioned gets new columns, and keeps its past',
  async () => {
    const db = await newDatabase();
    await sync(db);
    await db.query('ALTER TABLE properties ADD SYSTEM VERSIONING');
    const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
    await database.run('ALTER TABLE properties ADD COLUMN own_field INT NULL');
    await database.close();
    feed.sandbox.feed.changeListings(3);
    expect(await sync(db)).toMatchObject({ status: 'success' });
    const [past] = await db.query(
      'SELECT COUNT(*) > COUNT(DISTINCT listing_key) AS is_kept FROM properties FOR SYSTEM_TIME ALL',
    );
    expect(Number(past!['is_kept'])).toBe(1);
  },
);

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, serverKind } from '../helpers/database.ts';
import { type OwnServer, startOwnServer } from '../helpers/own-server.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline, sandboxFor } from '../helpers/pipeline.ts';

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer();
});

beforeEach(() => own.setGlobals({}));

const isMaria = serverKind() === 'mariadbd';
const BIG_LIMIT = { sql_select_limit: '20' };

/** Each is a global that changed what a run stored, or ended it, before every connection set its own session. */
const ANYWHERE: readonly Readonly<Record<string, string>>[] = [
  { init_connect: 'SET NAMES latin1' },
  { init_connect: "SET NAMES latin1, session_track_system_variables = ''" },
  { init_connect: 'SET NAMES utf8mb3' },
  { init_connect: 'USE information_schema' },
  BIG_LIMIT,
  { sql_mode: 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES' },
  { sql_mode: 'PAD_CHAR_TO_FULL_LENGTH' },
  { sql_mode: 'HIGH_NOT_PRECEDENCE,IGNORE_SPACE,REAL_AS_FLOAT' },
  { max_join_size: '1' },
  { autocommit: '0' },
  { completion_type: 'CHAIN' },
  { completion_type: 'RELEASE' },
  { sql_safe_updates: '1' },
  { sql_auto_is_null: '1' },
  { max_sort_length: '64' },
  { time_zone: '-09:30' },
  { innodb_lock_wait_timeout: '1', lock_wait_timeout: '1' },
];

const MARIADB: typeof ANYWHERE = [
  { sql_mode: 'EMPTY_STRING_IS_NULL' },
  { sql_mode: 'ORACLE' },
  { tx_read_only: '1' },
  { tx_isolation: 'SERIALIZABLE' },
  { max_statement_time: '0.0005' },
  { old_mode: 'ZERO_DATE_TIME_CAST' },
  { sql_if_exists: '1' },
  { alter_algorithm: 'INSTANT' },
];

const MYSQL: typeof ANYWHERE = [
  { transaction_read_only: '1' },
  { transaction_isolation: 'SERIALIZABLE' },
  { max_execution_time: '1' },
  { default_collation_for_utf8mb4: 'utf8mb4_general_ci' },
];

describe('promise 7: a sync stores the same on a server with', () => {
  let feed: Pipeline;
  let db: FreshDatabase;

  beforeAll(async () => {
    feed = await pipeline({ listings: 60 });
    db = await own.database('globals');
  });

  test.each([...ANYWHERE, ...(isMaria ? MARIADB : MYSQL)])('%j', async (globals) => {
    const at = { ...db, socket: undefined, database: db.name, tls: undefined };
    await own.setGlobals({});
    const usual = openDatabase(at);
    await feed.run({}, { tools: { database: usual } });
    await usual.close();
    await own.setGlobals(globals);
    const database = openDatabase(at);
    try {
      feed.sandbox.feed.changeListings(6);
      feed.sandbox.feed.changePhotos(3);
      const outcome = await feed.run({}, { tools: { database } });
      // A row that is not found when it is compared would count as new.
      expect(outcome.resources['Property']).toMatchObject({ inserted: 0, rejected: 0 });
      expect(outcome.status).toBe('success');
      expect(await expectParity(feed.sandbox, db, property)).toBe(60);
      await expectParity(feed.sandbox, db, media);
    } finally {
      await database.close();
    }
  });
});

test('promise 7: with init_connect=SET NAMES latin1, ’ and four-byte characters are stored as they were sent', async () => {
  const sandbox = await sandboxFor({ listings: 40 });
  const db = await own.database('latin');
  await own.setGlobals({ init_connect: 'SET NAMES latin1', ...BIG_LIMIT });
  const folder = configured(sandbox, db);
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  expect(await trestle(folder, ['verify'])).toMatchObject({ code: 0, stderr: '' });
  const rows = await db.query<{ text: string }>('SELECT public_remarks AS text FROM properties');
  const remarks = rows.map(({ text }) => text).join('');
  expect(remarks).toContain('’');
  expect(remarks).toMatch(/[\u{10000}-\u{10FFFF}]/u);
  expect(await expectParity(sandbox, db, property)).toBe(40);
});

test('every table is made with ROW_FORMAT=DYNAMIC on a server whose default is COMPACT', async () => {
  const sandbox = await sandboxFor({ listings: 5 });
  const db = await own.database('rows');
  await own.setGlobals({ innodb_default_row_format: 'compact' });
  expect(await trestle(configured(sandbox, db), ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  const formats = await db.query<{ format: string }>(
    'SELECT DISTINCT UPPER(row_format) AS format FROM information_schema.tables ' +
      "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
  );
  expect(formats).toEqual([{ format: 'DYNAMIC' }]);
});

import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, expect, test } from 'vitest';
import { configured, start, trestle, trestleProcess } from '../helpers/cli.ts';
import {
  allowDrop,
  countyFor,
  entryOf,
  expectTable,
  importSetting,
  type ImportSetting,
  succeeds,
  writeSources,
} from '../helpers/county.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const connections: Connection[] = [];

afterAll(async () => {
  for (const connection of connections) await connection.end();
});

/** Connects as a program that reads the tables. */
async function connectReader({ db }: ImportSetting): Promise<Connection> {
  const { host, port, user, password, name: database } = db;
  const socketPath = process.env['TEST_MYSQL_SOCKET'];
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    database,
    ...(socketPath === undefined ? {} : { socketPath }),
  });
  connections.push(connection);
  return connection;
}

test('promise 23: a reader that joins three tables never sees two releases at once, and never fails, while releases are published and rolled back', async () => {
  const county = await countyFor({ accounts: 200 });
  const setting = await importSetting(county);
  await succeeds(setting, 'sync', 'hcad');
  // Each release says in each of the three tables which one it is.
  for (const release of [1, 2]) {
    if (release === 2) {
      county.setRelease(2);
      await succeeds(setting, 'sync', 'hcad');
    }
    await setting.db.query(`UPDATE hcad_real_acct SET mailto = 'release ${release}'`);
    await setting.db.query(`UPDATE hcad_owners SET aka = 'release ${release}'`);
    await setting.db.query(`UPDATE hcad_fixtures SET type_dscr = 'release ${release}'`);
  }
  const reader = await connectReader(setting);
  const seen = new Map<string, number>();
  const stop = new AbortController();
  const reading = (async () => {
    while (!stop.signal.aborted) {
      const [rows] = await reader.query(
        "SELECT DISTINCT CONCAT_WS(', ', a.mailto, o.aka, f.type_dscr) AS found FROM hcad_real_acct AS a " +
          'JOIN hcad_owners AS o ON o.acct = a.acct JOIN hcad_fixtures AS f ON f.acct = a.acct LIMIT 5',
      );
      for (const { found } of rows as { found: string }[]) seen.set(found, (seen.get(found) ?? 0) + 1);
    }
  })();
  for (let nth = 0; nth < 4; nth += 1) {
    await succeeds(setting, 'rollback', 'hcad', '--run', String((nth % 2) + 1));
  }
  // A third release that has none of these values.
  county.setRelease(3);
  await succeeds(setting, 'sync', 'hcad');
  while (![...seen.keys()].some((found) => !found.includes('release'))) await wait(20);
  stop.abort();
  await reading;
  expect([...seen.keys()].filter((found) => found.includes('release')).toSorted()).toEqual([
    'release 1, release 1, release 1',
    'release 2, release 2, release 2',
  ]);
});

test('promise 23: a reader in an open transaction delays the exchange, and sees one release until it ends', async () => {
  const county = await countyFor({ accounts: 200 });
  const setting = await importSetting(county);
  await succeeds(setting, 'sync', 'hcad');
  const reader = await connectReader(setting);
  await reader.query('START TRANSACTION');
  await reader.query('SELECT COUNT(*) FROM hcad_real_acct');
  county.setRelease(2);
  const importing = trestle(setting.folder, ['sync', 'hcad']);
  const waiting =
    "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'RENAME TABLE%' AND db = DATABASE()";
  for (;;) {
    const [row] = await setting.db.query<{ n: string }>(waiting);
    if (Number(row!.n) > 0) break;
    await wait(20);
  }
  county.setRelease(1);
  await reader.query('COMMIT');
  expect(await importing).toMatchObject({ code: 0, stderr: '' });
  county.setRelease(2);
  await expectTable(setting, { table: 'real_acct', year: 2026 });
});

test('the feed is synced while an import runs, and a sync of everything leaves the import alone', async () => {
  const county = await countyFor({ accounts: 300 });
  const feed = await sandboxFor({ listings: 60 });
  const db = await migratedDatabase();
  await allowDrop(db);
  const folder = configured(feed, db);
  writeSources(folder, { hcad: entryOf(county) });
  // The import waits for its archive.
  county.faults.add({ kind: 'hang', archive: 'Real_building_land' });
  const importing = start(folder, ['sync', 'hcad']);
  while (!county.requests.some(({ path }) => path.includes('Real_building_land'))) {
    await wait(20);
  }
  const during = await trestleProcess(folder, ['sync']);
  expect(during).toMatchObject({ code: 0, stderr: '' });
  const [listings] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties');
  expect(listings!.n).toBe('60');
  const own = await trestleProcess(folder, ['sync', 'hcad']);
  expect(own).toMatchObject({ code: 75 });
  const runs = await db.query("SELECT source, status FROM etl_sync_log WHERE status = 'running'");
  expect(runs).toHaveLength(1);
  importing.child.kill('SIGKILL');
  await importing.ended;
});

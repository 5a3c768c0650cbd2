import { afterAll, describe, expect, test } from 'vitest';
import type { Ended } from '../helpers/cli.ts';
import { start } from '../helpers/cli.ts';
import {
  allowDrop,
  countyFor,
  expectTable,
  FEW_TABLES,
  importSetting,
  type ImportSetting,
  succeeds,
} from '../helpers/county.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';
import { migratedDatabase } from '../helpers/template.ts';

const proxies: Proxy[] = [];

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
});

/** Enough for several batches of each file. */
const ACCOUNTS = 1500;

type Proxied = ImportSetting & { readonly proxy: Proxy };

async function proxiedSetting(): Promise<Proxied> {
  const county = await countyFor({ accounts: ACCOUNTS });
  const db = await migratedDatabase();
  await allowDrop(db);
  const proxy = await proxyTo(db.host, db.port);
  proxies.push(proxy);
  const env = { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(proxy.port) };
  return { ...(await importSetting(county, {}, { db, env })), proxy };
}

async function expectRelease(setting: ImportSetting): Promise<void> {
  for (const table of FEW_TABLES) await expectTable(setting, { table, year: 2026 });
}

/** Each row was stored once: the runs' counts are committed with the rows. */
async function expectNothingTwice({ db }: ImportSetting, id: number): Promise<void> {
  const [runs] = await db.query<{ n: string }>(
    "SELECT SUM(records_inserted) AS n FROM etl_sync_log WHERE source = 'hcad'",
  );
  const [files] = await db.query<{ n: string; lines: string; parts: string }>(
    'SELECT SUM(row_count) AS n, SUM(line_count) AS `lines`, SUM(row_count + reject_count + skipped_count + duplicate_count) AS parts ' +
      `FROM etl_import_file WHERE import_id = ${id}`,
  );
  expect(runs!.n).toBe(files!.n);
  expect(files!.lines).toBe(files!.parts);
}

/** Runs a sync as a process, which gets a signal when it sends a statement for the nth time; the statement is done, its answer is lost. */
async function interrupt(
  { proxy, folder }: Proxied,
  statement: string,
  nth: number,
  signal: NodeJS.Signals,
): Promise<Ended> {
  let seen = 0;
  const { child, ended } = start(folder, ['sync', 'hcad']);
  proxy.onClientData = (data) => {
    if (!data.includes(statement)) return false;
    seen += 1;
    if (seen !== nth) return false;
    child.kill(signal);
    return signal === 'SIGKILL';
  };
  const result = await ended;
  proxy.onClientData = undefined;
  expect(seen).toBeGreaterThanOrEqual(nth);
  return result;
}

describe('an import that is interrupted', () => {
  test('promise 27: SIGTERM ends it after the current batch, and the next run resumes there', async () => {
    const setting = await proxiedSetting();
    expect(await interrupt(setting, 'COMMIT', 3, 'SIGTERM')).toMatchObject({ code: 143 });
    const [file] = await setting.db.query<{ n: string }>('SELECT SUM(line_count) AS n FROM etl_import_file');
    expect(Number(file!.n)).toBeGreaterThan(0);
    setting.county.requests.length = 0;
    await succeeds(setting, 'sync', 'hcad');
    expect(setting.county.requests.every(({ bytes }) => bytes === 0)).toBe(true);
    await expectRelease(setting);
    await expectNothingTwice(setting, 1);
  });

  test('promise 27: kill -9 in the middle of a file costs no row, and none is stored twice', async () => {
    const setting = await proxiedSetting();
    expect(await interrupt(setting, 'COMMIT', 6, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
    await expectNothingTwice(setting, 1);
    expect(await setting.db.query('SELECT COUNT(*) AS n FROM etl_import')).toEqual([{ n: '1' }]);
  });

  test('promise 23: kill -9 between the exchange of the tables and the record of it leaves the new release, whole', async () => {
    const setting = await proxiedSetting();
    await succeeds(setting, 'sync', 'hcad');
    setting.county.setRelease(2);
    expect(await interrupt(setting, 'RENAME TABLE', 1, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await expectRelease(setting);
    const states = (): Promise<unknown[]> => setting.db.query('SELECT id, state FROM etl_import ORDER BY id');
    expect(await states()).toEqual([
      { id: '1', state: 'published' },
      { id: '2', state: 'ready' },
    ]);
    setting.county.requests.length = 0;
    await succeeds(setting, 'sync', 'hcad');
    expect(setting.county.requests.every(({ bytes }) => bytes === 0)).toBe(true);
    expect(await states()).toEqual([
      { id: '1', state: 'kept' },
      { id: '2', state: 'published' },
    ]);
    await expectRelease(setting);
    await succeeds(setting, 'rollback', 'hcad');
    setting.county.setRelease(1);
    await expectRelease(setting);
  });

  test('promise 27: a staged table that a user dropped meanwhile is loaded again, with all that belongs to it', async () => {
    const setting = await proxiedSetting();
    expect(await interrupt(setting, 'COMMIT', 6, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await setting.db.query('DROP TABLE hcad_real_acct__1');
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
  });

  test('promise 27: a publisher who replaces the archive meanwhile gets a new import, without rows of the old one', async () => {
    const setting = await proxiedSetting();
    expect(await interrupt(setting, 'COMMIT', 6, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    setting.county.setRelease(2);
    await succeeds(setting, 'sync', 'hcad');
    await expectRelease(setting);
    const left = await setting.db.query("SHOW TABLES LIKE 'hcad%\\_\\_1'");
    expect(left).toEqual([]);
  });
});

describe('a database connection that breaks', () => {
  test('promise 27: in the middle of an import costs no row, and none is stored twice', async () => {
    const setting = await proxiedSetting();
    let commits = 0;
    setting.proxy.onClientData = (data) => data.includes('COMMIT') && (commits += 1) % 4 === 0;
    await succeeds(setting, 'sync', 'hcad');
    expect(commits).toBeGreaterThan(8);
    setting.proxy.onClientData = undefined;
    await expectRelease(setting);
    await expectNothingTwice(setting, 1);
  });

  test('promise 23: while the tables are exchanged, the run finds out whether that happened', async () => {
    const setting = await proxiedSetting();
    let renames = 0;
    setting.proxy.onClientData = (data) => data.includes('RENAME TABLE') && (renames += 1) === 1;
    await succeeds(setting, 'sync', 'hcad');
    expect(renames).toBeGreaterThan(0);
    await expectRelease(setting);
    expect(await setting.db.query('SELECT state FROM etl_import')).toEqual([{ state: 'published' }]);
  });
});

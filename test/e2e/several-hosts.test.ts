import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openLockedConnection } from '../../src/db/locked-connection.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { UnavailableError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, type Ended, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { type OwnServer, startOwnServer } from '../helpers/own-server.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline, sandboxFor } from '../helpers/pipeline.ts';
import { tcpGate, type TcpGate } from '../helpers/tcp-gate.ts';

let servers: readonly [OwnServer, OwnServer];

beforeAll(async () => {
  servers = [await startOwnServer(), await startOwnServer()];
});

type Check = { readonly name: string; readonly result: string; readonly what: string };

async function doctor(folder: string): Promise<Check> {
  const { stdout } = await trestle(folder, ['doctor', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return checks.find(({ name }) => name === 'database hosts')!;
}

async function countRuns(db: FreshDatabase): Promise<number> {
  const rows = await db.query("SELECT 1 FROM etl_sync_log WHERE status = 'success'").catch(() => []);
  return rows.length;
}

test('a run takes the server that takes writes, and the other one after they changed their roles', async () => {
  const sandbox = await sandboxFor({ listings: 5 });
  const [one, two] = [await servers[0].database('roles'), await servers[1].database('roles')];
  const gate = await tcpGate(two.host, two.port);
  const hosts = `${one.host}:${one.port},127.0.0.1:${gate.port}`;
  const folder = configured(sandbox, one, {
    MYSQL_HOST: hosts,
    MYSQL_PORT: undefined,
    RESOURCES: 'Property',
  });
  const sync = async (): Promise<Ended> => trestle(folder, ['sync']);
  await servers[0].setGlobals({ read_only: '1' });
  expect(await sync()).toMatchObject({ code: 0, stderr: '' });
  expect([await countRuns(one), await countRuns(two)]).toEqual([0, 1]);
  expect(await doctor(folder)).toMatchObject({
    result: 'ok',
    what: expect.stringMatching(/^.+: read only \(read_only\), .+\n.+: takes writes, /) as string,
  });

  await servers[0].setGlobals({});
  await servers[1].setGlobals({ read_only: '1' });
  expect(await sync()).toMatchObject({ code: 0, stderr: '' });
  expect([await countRuns(one), await countRuns(two)]).toEqual([1, 1]);

  await servers[0].setGlobals({ read_only: '1' });
  expect(await doctor(folder)).toMatchObject({ result: 'fail' });
  await gate.close();
  const refused = await sync();
  expect(refused.code).toBe(69);
  expect(refused.stderr).toContain(`${one.host}:${one.port}: read only (read_only)`);
  expect(refused.stderr).toContain(`127.0.0.1:${gate.port}: `);
  expect(refused.stderr).toContain('trestle-etl doctor');
  // Commands that only read use what there is.
  expect(await trestle(folder, ['status'])).toMatchObject({ code: 0 });
  await servers[0].setGlobals({});
  await servers[1].setGlobals({});
});

test('promise 1: a run continues on the next host each time that its own is lost', async () => {
  const sandbox = await sandboxFor({ listings: 600 });
  const db = await servers[0].database('lost');
  const gates: TcpGate[] = [await tcpGate(db.host, db.port), await tcpGate(db.host, db.port)];
  const hosts = gates.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const folder = configured(sandbox, db, {
    MYSQL_HOST: hosts,
    MYSQL_PORT: undefined,
    PAGE_SIZE: '50',
    RESOURCES: 'Property',
  });
  let inUse = 0;
  let requests = 0;
  let changes = gates[1]!.close();
  sandbox.onRequest = () => {
    requests += 1;
    if (requests % 4 !== 0) return;
    const [lost, next] = [gates[inUse]!, gates[1 - inUse]!];
    inUse = 1 - inUse;
    changes = changes.then(next.open).then(lost.close);
  };
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  await changes;
  expect(requests).toBeGreaterThan(12);
  expect(await expectParity(sandbox, db, property)).toBe(600);
  const [run] = await db.query('SELECT COUNT(*) AS n, SUM(records_inserted) AS inserted FROM etl_sync_log');
  expect(run).toEqual({ n: '1', inserted: '600' });
});

/** Opens the database of the first server, with the others to take over. */
function openAll([first, ...others]: readonly FreshDatabase[]): Database {
  const database = openDatabase({
    ...first!,
    ...(others.length === 0 ? {} : { otherHosts: others }),
    socket: undefined,
    database: first!.name,
    tls: undefined,
  });
  onTestFinished(() => database.close());
  return database;
}

/** The same with the current tables on each server. */
async function openMigrated(databases: readonly FreshDatabase[]): Promise<Database> {
  for (const each of databases) {
    const connection = await openAll([each]).connect();
    await migrate(connection, 0);
    connection.release();
  }
  return openAll(databases);
}

const WRITE =
  "INSERT IGNORE INTO etl_watermark (resource, version, run_id, updated_at) VALUES ('X', 0, 0, NOW())";

test('a statement outside a transaction goes to the next server if its own became read only', async () => {
  const databases = [await servers[0].database('outside'), await servers[1].database('outside')];
  const { tools } = await pipeline({ listings: 0 });
  const held = await openLockedConnection(await openMigrated(databases), 'trestle', {
    ...tools(),
    log: tools().log.database,
  });
  onTestFinished(() => held.end());
  await held.run(WRITE);
  await servers[0].setGlobals({ read_only: '1' });
  onTestFinished(() => servers[0].setGlobals({}));
  // It could not be repeated if only its answer were lost.
  await expect(held.run(WRITE.replace(' IGNORE', ''))).rejects.toThrow(UnavailableError);
  await held.run(WRITE);
  expect(held.server).toBe(`${databases[1]!.host}:${databases[1]!.port}`);
  expect(await databases[1]!.query('SELECT resource FROM etl_watermark')).toEqual([{ resource: 'X' }]);
});

test('a run whose server becomes read only before its first write starts on the next one', async () => {
  const databases = [await servers[0].database('start'), await servers[1].database('start')];
  const database = await openMigrated(databases);
  const all = await pipeline({ listings: 5 });
  onTestFinished(() => servers[0].setGlobals({}));
  let isChanged = false;
  const recall: ReturnType<typeof all.tools>['recall'] = async (_, read) => {
    const found = await read();
    if (!isChanged) await servers[0].setGlobals({ read_only: '1' });
    isChanged = true;
    return found;
  };
  const outcome = await all.run({ resources: [property] }, { tools: { database, recall } });
  expect(outcome.status).toBe('success');
  expect([await countRuns(databases[0]!), await countRuns(databases[1]!)]).toEqual([0, 1]);
});

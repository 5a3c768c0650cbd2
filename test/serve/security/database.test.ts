import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openContext } from '../../../src/app/context.ts';
import { atTestEnd } from '../../helpers/clean-up.ts';
import type { FreshDatabase } from '../../helpers/database.ts';
import { capturedIo } from '../../helpers/io.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';
import { type Proxy, proxyTo } from '../../helpers/proxy.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;
let proxy: Proxy | undefined;

const PATHS = ['/data', '/data/news/item-1', '/stats', '/metrics', '/health'];

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 3);
});

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

/** The variables of a database behind a proxy. */
async function throughProxy(): Promise<{ env: Record<string, string>; proxy: Proxy }> {
  proxy = await proxyTo(db.host, db.port);
  const { MYSQL_SOCKET: _, ...env } = db.env;
  return { env: { ...env, MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(proxy.port) }, proxy };
}

async function makeReader(): Promise<Record<string, string>> {
  const user = `reader_${db.user.slice(-8)}`;
  await db.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'only-for-reading-1'`);
  await db.query(`GRANT SELECT ON ${db.name}.* TO '${user}'@'%'`);
  return { ...db.env, MYSQL_USER: user, MYSQL_PASSWORD: 'only-for-reading-1' };
}

/** A number for each table that changes with its content. */
async function checksums(): Promise<unknown> {
  const tables = await db.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
  );
  return db.query(`CHECKSUM TABLE ${tables.map(({ name }) => `\`${name}\``).join(', ')}`);
}

test('promise 36: a user with SELECT alone is enough, and nothing is written', async () => {
  const before = await checksums();
  const env = await makeReader();
  const { get } = await served({ env });
  for (const path of PATHS) expect((await get(path)).status).toBe(200);
  expect(await checksums()).toEqual(before);
  await db.query(`DROP USER '${env['MYSQL_USER']}'@'%'`);
});

test('a write is refused on the connections of serve, even if the user has the right', async () => {
  const { io } = capturedIo({
    env: { ...db.env, TRESTLE_CLIENT_ID: 'a', TRESTLE_CLIENT_SECRET: 'a-secret' },
  });
  const location = { cwd: () => temporaryFolder() };
  const context = await openContext(location, { commands: [], access: 'look', io });
  const { database } = context.openServe();
  try {
    for (const sql of ['DELETE FROM unified_items', 'CREATE TABLE mine (a INT)', 'TRUNCATE unified_items'])
      await expect(database.run(sql)).rejects.toMatchObject({ cause: { errno: 1792 } });
    expect(await database.select('SELECT id FROM unified_items')).toHaveLength(3);
  } finally {
    await database.close();
    await context.close();
  }
});

test('a statement that takes too long is ended by the server: 503, and others are served meanwhile', async () => {
  await db.query('RENAME TABLE unified_items TO etl_kept');
  await db.query('CREATE VIEW unified_items AS SELECT * FROM etl_kept WHERE SLEEP(20) = 0');
  try {
    const { get } = await served(db);
    const start = performance.now();
    const [slow, quick] = await Promise.all([get('/data'), get('/stats')]);
    expect(quick.status).toBe(200);
    expect(slow.status).toBe(503);
    expect(slow.json()).toMatchObject({ error: { code: 'too_slow' } });
    expect(slow.headers['retry-after']).toBe('10');
    expect(performance.now() - start).toBeLessThan(15_000);
  } finally {
    await db.query('DROP VIEW unified_items');
    await db.query('RENAME TABLE etl_kept TO unified_items');
  }
});

test('a table that another session has locked: 503, not an endless wait', async () => {
  const { get } = await served(db);
  await db.query('LOCK TABLES unified_items WRITE');
  try {
    const reply = await get('/data');
    expect(reply.status).toBe(503);
    expect(reply.json()).toMatchObject({ error: { code: 'too_slow' } });
  } finally {
    await db.query('UNLOCK TABLES');
  }
  expect((await get('/data')).status).toBe(200);
});

test('promise 36: it survives the loss of the database, and serves again when it is back', async () => {
  const { env, proxy: gate } = await throughProxy();
  const { get } = await served({ env });
  for (const path of PATHS) expect((await get(path)).status).toBe(200);
  gate.refuse = () => 1053;
  gate.cut();
  for (const path of ['/data', '/data/news/item-1', '/health']) {
    const reply = await get(path);
    expect(reply.status).toBe(503);
    if (path !== '/health') expect(reply.headers['retry-after']).toBe('10');
  }
  expect((await get('/health/live')).status).toBe(200);
  gate.refuse = undefined;
  gate.cut();
  // The first statement may still find a connection that was cut.
  await get('/data');
  for (const path of PATHS) expect((await get(path)).status).toBe(200);
});

test('a database that hangs: /health answers 503 within seconds, other routes too, and all recover', async () => {
  const gate = await freezableGate();
  const { MYSQL_SOCKET: _, ...env } = db.env;
  const { get } = await served({ env: { ...env, MYSQL_HOST: '127.0.0.1', MYSQL_PORT: String(gate.port) } });
  for (const path of PATHS) expect((await get(path)).status).toBe(200);
  gate.freeze();
  const start = performance.now();
  const [health, live] = await Promise.all([get('/health'), get('/health/live')]);
  expect(performance.now() - start).toBeLessThan(5000);
  expect(health.status).toBe(503);
  expect(health.json().data).toMatchObject({ status: 'unhealthy', database: 'unavailable' });
  expect(live.status).toBe(200);
  const data = await get('/data');
  expect(data.status).toBe(503);
  expect(data.json()).toMatchObject({ error: { code: 'database_unavailable' } });
  // The connections that hung stay silent for ever: new ones are made.
  gate.thaw();
  for (const path of PATHS) expect((await get(path)).status).toBe(200);
});

/** A way to the database whose open connections, and all that follow, can be made to carry nothing any more. */
async function freezableGate(): Promise<{ port: number; freeze: () => void; thaw: () => void }> {
  let isFrozen = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(db.port, db.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    let isDead = isFrozen;
    client.on('data', (data) => (isDead ||= isFrozen) || upstream.write(data));
    upstream.on('data', (data) => (isDead ||= isFrozen) || client.write(data));
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTestEnd(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void (isFrozen = true),
    thaw: () => void (isFrozen = false),
  };
}

import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { media } from '../../src/resources/media.ts';
import { property } from '../../src/resources/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';

const cleanups: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
});

/** A pipeline whose runs reach their database through a proxy. */
async function proxied(listings: number): Promise<Pipeline & { proxy: Proxy }> {
  const all = await pipeline({ listings });
  const proxy = await proxyTo(all.db.host, all.db.port);
  const { host, user, password, name } = all.db;
  const address = {
    host,
    port: proxy.port,
    user,
    password,
    database: name,
    socket: undefined,
    tls: undefined,
  };
  const database = openDatabase(address);
  cleanups.push(
    () => database.close(),
    () => proxy.close(),
  );
  const run: Pipeline['run'] = (options, settings) =>
    all.run(options, { ...settings, tools: { database, ...settings?.tools } });
  return { ...all, run, proxy };
}

/** What the runs counted, against what the tables hold. */
async function expectCounts({ db }: Pipeline, inserted: number): Promise<void> {
  const [sum] = await db.query<Record<string, string>>(
    'SELECT SUM(records_inserted) AS inserted, SUM(records_processed) AS processed, ' +
      'SUM(records_inserted + records_updated + records_unchanged + records_rejected + records_older) AS parts FROM etl_sync_log',
  );
  expect(sum).toMatchObject({ inserted: String(inserted), processed: sum!['parts'] });
}

test('promise 1: connections that break again and again cost no row and count none twice', async () => {
  const all = await proxied(1200);
  let requests = 0;
  all.sandbox.onRequest = () => {
    requests += 1;
    if (requests % 3 === 0) all.proxy.cut();
  };
  const outcome = await all.run({ mode: 'full-load' }, { odata: { pageSize: 100 } });
  expect(outcome.status).toBe('success');
  expect(requests).toBeGreaterThan(40);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(1200);
  expect(await expectParity(all.sandbox, all.db, media)).toBe(3600);
  await expectCounts(all, 4800);
});

test('promise 1: a commit whose answer is lost is recognised by the watermark', async () => {
  const all = await proxied(900);
  let commits = 0;
  let lost = 0;
  all.proxy.onClientData = (data) => {
    if (!data.includes('COMMIT')) return false;
    commits += 1;
    if (commits % 3 !== 0) return false;
    lost += 1;
    return true;
  };
  const outcome = await all.run({ resources: [property] }, { odata: { pageSize: 100 } });
  expect(lost).toBeGreaterThan(2);
  expect(outcome.totals).toMatchObject({ inserted: 900, unchanged: 0, updated: 0 });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(900);
  await expectCounts(all, 900);
});

test('a server that is restarted in the middle of a run is waited for', async () => {
  const all = await proxied(500);
  let requests = 0;
  all.sandbox.onRequest = () => {
    requests += 1;
    if (requests === 4) all.proxy.stayAway(2500);
  };
  const outcome = await all.run({ resources: [property] }, { odata: { pageSize: 100 } });
  expect(outcome.status).toBe('success');
  expect(await expectParity(all.sandbox, all.db, property)).toBe(500);
  expect(all.lines.some((line) => line.message.includes('the database is away'))).toBe(true);
});

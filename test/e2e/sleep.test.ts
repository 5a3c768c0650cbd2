import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Started, start, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';
import { migratedDatabase } from '../helpers/template.ts';

const proxies: Proxy[] = [];

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
});

type Asleep = {
  readonly sandbox: Sandbox;
  readonly db: FreshDatabase;
  readonly proxy: Proxy;
  readonly folder: string;
  readonly run: Started;
};

/** A full-load whose process is stopped while a page of listings is on its way, as a machine's sleep would. */
async function fallAsleep(): Promise<Asleep> {
  const sandbox = await sandboxFor({ listings: 500 });
  const db = await migratedDatabase();
  const proxy = await proxyTo(db.host, db.port);
  proxies.push(proxy);
  const folder = configured(sandbox, db, {
    MYSQL_HOST: '127.0.0.1',
    MYSQL_PORT: String(proxy.port),
    MYSQL_SOCKET: undefined,
    PAGE_SIZE: '50',
    MEDIA_STRATEGY: 'resource',
  });
  await trestle(folder, ['migrate']);
  let pages = 0;
  const asleep = new Promise<void>((resolve, reject) => {
    sandbox.onRequest = async (seen) => {
      if (seen.resource !== 'Property') return;
      pages += 1;
      if (pages !== 5) return;
      sandbox.onRequest = undefined;
      run.child.kill('SIGSTOP');
      await untilStopped(run).then(resolve, reject);
    };
  });
  const run = start(folder, ['full-load']);
  await asleep;
  return { sandbox, db, proxy, folder, run };
}

/** The signal is delivered when the kernel comes to it. */
async function untilStopped({ child }: Started): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (stateOf(child.pid!) === 'T') return;
    await wait(50);
  }
  throw new Error(`process ${child.pid} was never stopped`);
}

/** The letter that ps shows; small images of Linux have no ps. */
function stateOf(pid: number): string {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat)) return /\) (\w) /.exec(readFileSync(stat, 'utf8'))?.[1] ?? '';
  return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .slice(0, 1);
}

async function runs(db: FreshDatabase): Promise<Record<string, string>[]> {
  return db.query<Record<string, string>>('SELECT * FROM etl_sync_log ORDER BY id');
}

test('promise 1: a run that slept while its token, its connections and the feed went on completes', async () => {
  const { sandbox, db, proxy, run } = await fallAsleep();
  proxy.cut();
  sandbox.faults.add({ kind: 'revoke', resource: 'Property' });
  sandbox.faults.add({ kind: 'reset', resource: 'Property' });
  sandbox.feed.changeListings(100);
  sandbox.feed.addListings(20);
  run.child.kill('SIGCONT');
  expect(await run.ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await expectParity(sandbox, db, property)).toBe(520);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  expect(await runs(db)).toMatchObject([{ status: 'success' }]);
  expect(sandbox.requests.filter((request) => request.kind === 'token').length).toBeGreaterThan(1);
});

test('promise 1: a run that slept while another one took its place writes nothing over it, and says so', async () => {
  const { sandbox, db, proxy, folder, run } = await fallAsleep();
  proxy.cut();
  // Untouched for longer than host/lock.ts waits for a holder of which it can't tell that it is dead.
  const longAgo = new Date(Date.now() - 600_000);
  utimesSync(join(folder, 'state', 'run.lock'), longAgo, longAgo);
  sandbox.feed.changeListings(100);
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  sandbox.feed.changeListings(100);
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
  const contents = () =>
    db.query('CHECKSUM TABLE properties, properties_raw, media, media_raw, etl_watermark, etl_quarantine');
  const before = await contents();

  run.child.kill('SIGCONT');
  const ended = await run.ended;
  expect(ended).toMatchObject({ code: 75, stdout: '' });
  expect(ended.stderr).toMatch(
    /^trestle-etl: Property: another run has moved the watermark; this one commits nothing more — .*\n$/,
  );
  expect(await contents()).toEqual(before);
  expect(await expectParity(sandbox, db, property)).toBe(500);
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  const [slept, ...others] = await runs(db);
  expect(slept).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining('another run') as string,
  });
  expect(slept!['records_inserted']).toBe(String(Number(slept!['pages']) * 50));
  expect(others).toMatchObject([{ status: 'success' }, { status: 'success' }]);
  // What it left behind does not keep the next one from running.
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
});

import { once } from 'node:events';
import { request } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import { configured, type Started, start, trestleProcess } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { openSocket } from '../helpers/raw-request.ts';
import { addItems } from '../helpers/stored-items.ts';
import { migratedDatabase } from '../helpers/template.ts';

let db: FreshDatabase;

const NO_FEED = { url: 'http://127.0.0.1:9/odata', clientId: 'nobody', clientSecret: 'nothing' };

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 3);
});

/** Starts `serve`, and waits until it prints its address. */
async function startServing(folder: string): Promise<Started & { url: string }> {
  const started = start(folder, ['serve']);
  let text = '';
  while (!/http:\S+/.test(text)) {
    const [part] = (await once(started.child.stdout!, 'data')) as [Buffer];
    text += part.toString();
  }
  return { ...started, url: /http:\S+/.exec(text)![0] };
}

function ask(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('SIGTERM: no new connections, the slow answer is finished, idle connections are closed, exit code 0', async () => {
  const folder = configured(NO_FEED, db, { SERVE_PORT: '0' });
  const { child, ended, url } = await startServing(folder);
  await db.query('RENAME TABLE unified_items TO etl_kept');
  await db.query('CREATE VIEW unified_items AS SELECT * FROM etl_kept WHERE SLEEP(0.7) = 0');
  const idle = await openSocket(url);
  idle.resume();
  const slow = ask(`${url}data?count=false`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const begin = performance.now();
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await expect(ask(url)).rejects.toThrow();
  expect(await slow).toBe(200);
  const { code, stderr } = await ended;
  expect(performance.now() - begin).toBeLessThan(10_000);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('off loopback without a key it ends with exit code 78 and one line', async () => {
  const { code, stderr, stdout } = await trestleProcess(
    configured(NO_FEED, db, { SERVE_PORT: '0', SERVE_HOST: '0.0.0.0' }),
    ['serve'],
  );
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toContain('SERVE_KEYS');
});

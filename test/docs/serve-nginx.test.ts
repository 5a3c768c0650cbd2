import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atTestEnd } from '../helpers/clean-up.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';
import { served } from '../helpers/serve.ts';
import { addListings } from '../helpers/stored-listings.ts';
import { migratedDatabase } from '../helpers/template.ts';
import { read } from './documents.ts';

const PROGRAM = '/usr/sbin/nginx';
const KEY = 'a-key-of-the-site-0123456789';

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts nginx with the example of docs/serve.md. @param upstream the address of `serve`. */
async function startNginx(upstream: string): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs'));
  const example = /```nginx\n([^`]*homes\.json[^`]*)```/.exec(read('docs/serve.md'))![1]!;
  const [http = '', server = ''] = example
    .replace('http://127.0.0.1:8480', upstream)
    .replace('YOUR-KEY', KEY)
    .replace('/var/cache/nginx', folder)
    .split('# In the block server:\n');
  const port = await findFreePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${folder}/pid; error_log ${folder}/logs/error.log; worker_processes 1; events {}\n` +
      `http { access_log off; ${temporary.join(' ')}\n${http} server { listen 127.0.0.1:${port};\n${server} } }\n`,
  );
  const child = spawn(PROGRAM, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  atTestEnd(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const url = `http://127.0.0.1:${port}/homes.json`;
  await expect
    .poll(() =>
      fetch(`${url}x`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(404);
  return url;
}

test.skipIf(!existsSync(PROGRAM))(
  'the nginx example answers any query of any visitor, and asks once a minute',
  async () => {
    const db = await migratedDatabase();
    await addListings(db, 3);
    const { url, lines } = await served(db, {
      SERVE_LISTINGS: 'on',
      SERVE_KEYS: `site:${KEY}`,
      SERVE_RATE_LIMIT: '1',
    });
    const homes = await startNginx(url);
    for (const query of ['', '?utm_source=mail', '?status=Closed&fields=x', '?cursor=y']) {
      const reply = await fetch(`${homes}${query}`, { headers: { 'x-api-key': 'of-a-visitor' } });
      const { data } = (await reply.json()) as { data: unknown[] };
      expect({ query, status: reply.status, count: data.length }).toEqual({ query, status: 200, count: 3 });
    }
    expect(lines.filter(({ message }) => message === 'request')).toMatchObject([
      { path: '/listings', caller: 'site', status: 200 },
    ]);
  },
);

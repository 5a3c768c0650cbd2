import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { test } from 'vitest';
import { configured, MAIN, start } from '../helpers/cli.ts';
import { migratedDatabase } from '../helpers/template.ts';

test('measure', { timeout: 1_200_000 }, async () => {
  const listings = process.env['LISTINGS'] ?? '10000';
  const sandbox = spawn(process.execPath, [MAIN, 'sandbox', '--listings', listings, '--media', process.env['MEDIA'] ?? '20', '--port', '18099'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => sandbox.stdout.on('data', (d) => String(d).includes('18099') && resolve()));
  const url = 'http://127.0.0.1:18099/trestle/odata';
  for (const strategy of (process.env['STRATEGIES'] ?? 'resource,auto').split(',')) {
    const db = await migratedDatabase();
    const folder = configured({ url, clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }, db, { MEDIA_STRATEGY: strategy, TRESTLE_TOKEN_URL: 'http://127.0.0.1:18099/trestle/oidc/connect/token' });
    const begin = Date.now();
    const { child, ended } = start(folder, ['full-load']);
    let peak = 0;
    const timer = setInterval(() => {
      try { const m = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')); peak = Math.max(peak, Number(m?.[1] ?? 0)); } catch {}
    }, 50);
    const done = await ended;
    clearInterval(timer);
    const [row] = await db.query<{ api_calls_made: string; detail: string; status: string }>('SELECT api_calls_made, status, detail FROM etl_sync_log ORDER BY id DESC LIMIT 1');
    const [c] = await db.query('SELECT COUNT(*) AS n, SUM(media_due) AS due FROM properties');
    const [m] = await db.query('SELECT COUNT(*) AS n FROM media');
    console.log(strategy, done.code, done.stderr.slice(-300), 'calls', row?.api_calls_made, row?.status, 'peak MB', Math.round(peak / 1024), 's', (Date.now() - begin) / 1000, JSON.stringify(c), JSON.stringify(m), row?.detail.slice(0, 600));
  }
  sandbox.kill();
});

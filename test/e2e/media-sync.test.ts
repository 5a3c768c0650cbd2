import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Notice } from '../../src/notify/alert/notice.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { type ScriptedServer, scriptedServer } from '../helpers/scripted-server.ts';
import { migratedDatabase } from '../helpers/template.ts';

let hook: ScriptedServer;

beforeAll(async () => {
  hook = await scriptedServer({});
});

beforeEach(() => {
  hook.asked.length = 0;
});

afterAll(() => hook.close());

/** What the receivers of alerts and pings received since the last call. */
function received(): { pings: string[]; alerts: string[] } {
  const all = hook.asked.splice(0);
  return {
    pings: all.flatMap(({ path }) => (path.startsWith('/ping') ? path : [])),
    alerts: all.flatMap(({ path, body }) => {
      if (path.startsWith('/ping')) return [];
      const { kind, state, title } = JSON.parse(body) as Notice;
      return `${kind} ${state}: ${title}`;
    }),
  };
}

test('a download at the end of a sync that fails is alerted and pinged, and one that succeeds hides no failure of the sync', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 10, mediaPerListing: 2 }), await migratedDatabase()];
  const folder = configured(sandbox, db, {
    MEDIA_FILES: 'on',
    MEDIA_STORE: 'photos',
    HEALTHCHECK_URL: `${hook.origin}/ping`,
    ALERT_WEBHOOK_URL: `${hook.origin}/alert`,
    ALERT_DISK_FREE: '1k',
    MIN_DISK_FREE: '1k',
  });
  expect((await trestle(folder, ['sync'])).code).toBe(78);
  expect(received()).toEqual({
    pings: ['/ping/start', '/ping/fail'],
    alerts: [expect.stringMatching(/^failed raised: media failed: .*photos/)],
  });

  mkdirSync(join(folder, 'photos'));
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
  expect(received()).toEqual({
    pings: ['/ping/start', '/ping'],
    alerts: [expect.stringMatching(/^failed recovered: media succeeds again/)],
  });

  expect((await trestle(folder, ['sync'], { TRESTLE_CLIENT_SECRET: 'wrong-secret' })).code).toBe(77);
  expect(received()).toEqual({
    pings: ['/ping/start', '/ping/fail'],
    alerts: [expect.stringMatching(/^credentials raised: /)],
  });

  rmSync(join(folder, 'photos'), { recursive: true });
  expect((await trestle(folder, ['sync'])).code).toBe(78);
  expect(received().alerts.toSorted()).toEqual([
    expect.stringMatching(/^credentials recovered: /),
    expect.stringMatching(/^failed raised: media failed: /),
  ]);
});

test.each([
  [['media', 'sweep'], 78],
  [['media', 'download', '--dry-run'], 78],
  [['media', 'download', '--dry-run', '--listing', '1'], 78],
  [['media', 'download'], 0],
  [['media', 'verify'], 0],
])('before the first migration, %j reports that there are no tables, or creates them', async (args, code) => {
  const [sandbox, db] = [await sandboxFor({ listings: 1 }), await freshDatabase()];
  const folder = configured(sandbox, db, { MEDIA_STORE: 'photos' });
  mkdirSync(join(folder, 'photos'));
  const ended = await trestle(folder, args);
  expect(ended).toMatchObject({ code });
  if (code !== 0) expect(ended.stderr).toContain('no tables yet');
  const tables = await db.query("SHOW TABLES LIKE 'media_file'");
  expect(tables).toHaveLength(code === 0 ? 1 : 0);
});

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configured, trestle } from '../helpers/cli.ts';
import { freshDatabase, type FreshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

async function run(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await trestle(folder, args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

async function readChecks(folder: string): Promise<Map<string, { result: string; what: string }>> {
  const { stdout } = await trestle(folder, ['doctor', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; result: string; what: string }[] };
  return new Map(checks.map((check) => [check.name, check]));
}

/** Lists the files of a listing as if a download had stored the first, failed on the second, and never seen the others. */
async function storeSome(db: FreshDatabase, listing: string): Promise<string[]> {
  const rows = await db.query<{ k: string }>(
    `SELECT media_key AS k FROM media WHERE resource_record_key = '${listing}' ORDER BY \`order\``,
  );
  const [first, second] = rows.map(({ k }) => k);
  await db.query(
    `INSERT INTO media_file (media_key, listing_key, state, wanted_for, store_path, byte_size, tries, retry_at, reason, message)
     VALUES ('${first}', '${listing}', 'stored', 'x', '0a/1b/a.jpg', 1000, 0, NULL, NULL, NULL),
            ('${second}', '${listing}', 'failed', 'x', NULL, NULL, 2, '2026-11-28 12:00:00', 'html', 'a page'),
            ('gone', '${listing}', 'removed', 'x', '0a/1b/b.jpg', 3000, 0, NULL, NULL, NULL)`,
  );
  await db.query(
    "INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, host, pid, version, updated_at, api_calls_made) VALUES ('media', 'media', 'partial', NOW(3), NOW(3), 'h', 1, '1', NOW(3), 2)",
  );
  return rows.map(({ k }) => k);
}

test('status, plan, why and doctor report media files; without them nothing mentions them', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20, mediaPerListing: 5 }), await migratedDatabase()];
  const folder = configured(sandbox, db, {
    METRICS_FILE: 'metrics.prom',
    ALERT_DISK_FREE: '1k',
    MIN_DISK_FREE: '1k',
  });
  await run(folder, 'full-load');
  const [{ listing } = { listing: '' }] = await db.query<{ listing: string }>(
    'SELECT resource_record_key AS listing FROM media GROUP BY 1 HAVING COUNT(*) > 3 LIMIT 1',
  );
  for (const args of [['status'], ['plan'], ['why', listing]])
    expect(await run(folder, ...args)).not.toMatch(/files?:/);
  expect((await readChecks(folder)).has('media store')).toBe(false);

  const keys = await storeSome(db, listing);
  const total = sandbox.feed.size('Media');
  const status = JSON.parse(await run(folder, 'status', '--json')) as { mediaFiles: unknown };
  expect(status.mediaFiles).toMatchObject({
    store: null,
    stored: 1,
    pending: 0,
    failed: 1,
    removed: 1,
    files: 2,
    bytes: 4000,
    unsized: 0,
    reasons: [{ reason: 'html', files: 1 }],
    lastPass: { status: 'partial', requests: 2 },
  });
  const shown = await run(folder, 'status');
  expect(shown).toContain('media files: 1 stored, 0 pending, 1 failed, 1 to remove; ');
  expect(shown).toContain('failed files: html 1');
  const plan = JSON.parse(await run(folder, 'plan', '--json')) as { mediaFiles: unknown };
  const files = total - 2;
  expect(plan.mediaFiles).toEqual({
    files,
    bytes: 2000 * files,
    ms: Math.round((files / 480) * 60_000),
    minuteLimit: 480,
    unsized: 0,
  });
  expect(await run(folder, 'plan')).toContain(`media files: ${files} to download, about `);
  const why = (await run(folder, 'why', listing, '--offline')).split('\n');
  expect(why).toContain(`  files: 2 of ${keys.length + 1} stored`);
  const lineOf = (key: string): string => why.find((line) => line.includes(`    ${key}`)) ?? '';
  expect(lineOf(keys[0]!)).toContain('0a/1b/a.jpg');
  expect(lineOf(keys[1]!)).toContain(
    'not stored: html, a page; 2 tries; requested again after 2026-11-28 12:00',
  );
  expect(lineOf(keys[2]!)).toContain('not listed yet');
  expect(lineOf('gone')).toContain('its record is gone');
});

test('doctor checks that the store can be written, and metrics count its files', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 10 }), await migratedDatabase()];
  const folder = configured(sandbox, db, {
    ALERT_DISK_FREE: '1k',
    MIN_DISK_FREE: '1k',
    MEDIA_STORE: 'photos',
    MEDIA_SIZES: '320',
  });
  mkdirSync(join(folder, 'photos'));
  await run(folder, 'full-load');
  expect((await readChecks(folder)).get('media files')).toMatchObject({ result: 'skipped' });
  expect(await run(folder, 'plan')).toMatch(/^media files: [1-9]\d* to download/m);
  expect(await run(folder, 'media', 'download', '--listing', 'nope', '--dry-run')).toContain(
    'listing nope has no media records',
  );
  const [{ listing } = { listing: '' }] = await db.query<{ listing: string }>(
    'SELECT resource_record_key AS listing FROM media GROUP BY 1 HAVING COUNT(*) > 2 LIMIT 1',
  );
  await storeSome(db, listing);
  const checks = await readChecks(folder);
  expect(checks.get('media store')).toMatchObject({ result: 'ok' });
  expect(checks.get('smaller versions')).toMatchObject({ result: 'ok' });
  expect(checks.get('media files')).toMatchObject({ result: 'warn' });
  expect(checks.get('media files')!.what).toContain('1 stored, 0 pending, 1 failed: html 1');
  rmSync(join(folder, 'photos'), { recursive: true });
  expect((await readChecks(folder)).get('media store')).toMatchObject({ result: 'fail' });
});

test('before the tables exist, the commands work with MEDIA_FILES=on', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 10 }), await freshDatabase()];
  const folder = configured(sandbox, db, { MEDIA_FILES: 'on', MEDIA_STORE: 'photos' });
  mkdirSync(join(folder, 'photos'));
  expect(await run(folder, 'status')).toContain('no tables yet');
  await run(folder, 'plan');
  expect((await readChecks(folder)).get('media store')).toMatchObject({ result: 'ok' });
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import {
  countyFor,
  expectTable,
  FEW_TABLES,
  importSetting,
  type ImportSetting,
  letLockPass,
  succeeds,
} from '../helpers/county.ts';

/** `COUNTY_KILLS=20 npm run test:slow -- test/e2e/county-kill.test.ts` kills more often. */
const KILLS = Number(process.env['COUNTY_KILLS'] ?? 6);

/** Ends a sync after some time. @returns whether it had not ended by itself. */
async function kill({ folder }: ImportSetting, ms: number): Promise<boolean> {
  const { child, ended } = start(folder, ['sync', 'hcad']);
  await Promise.race([ended, wait(ms)]);
  child.kill('SIGKILL');
  const { signal, code, stderr } = await ended;
  if (signal === 'SIGKILL') return true;
  if (code === 75) {
    letLockPass(folder, 'hcad');
    return kill({ folder } as ImportSetting, ms);
  }
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return false;
}

async function newestImport({ db }: ImportSetting): Promise<number> {
  const [row] = await db.query<{ id: string }>('SELECT MAX(id) AS id FROM etl_import');
  return Number(row!.id);
}

/** Compares the published tables with the release that the marker names. */
async function expectWholeRelease(
  setting: ImportSetting,
  releases: ReadonlyMap<number, number>,
): Promise<number> {
  const [marker] = await setting.db.query<{ id: string }>('SELECT import_id AS id FROM hcad_release');
  const release = releases.get(Number(marker!.id));
  expect(release).toBeDefined();
  const current = releases.get(await newestImport(setting))!;
  setting.county.setRelease(release!);
  for (const table of FEW_TABLES) await expectTable(setting, { table, year: 2026 });
  setting.county.setRelease(current);
  return release!;
}

test('promises 23 and 27: an import that is killed at any moment leaves a whole release, and no line is loaded twice', async () => {
  const county = await countyFor({ accounts: 2500 });
  const setting = await importSetting(county);
  // Long enough to be killed while it is downloaded.
  county.faults.add({ kind: 'slow', bytesPerSecond: 400_000, count: Infinity });
  const before = Date.now();
  expect(await kill(setting, 600_000)).toBe(false);
  const duration = Date.now() - before;
  const releases = new Map([[1, 1]]);
  let [release, kills] = [2, 0];
  county.setRelease(release);
  for (let nth = 0; kills < KILLS; nth += 1) {
    // Spread over start, download, staging, checks and publication.
    const wasKilled = await kill(setting, duration * (0.2 + ((nth * 0.31) % 0.9)));
    if (wasKilled) kills += 1;
    const newest = await newestImport(setting);
    if (!releases.has(newest)) releases.set(newest, release);
    const published = await expectWholeRelease(setting, releases);
    if (published !== release) continue;
    release += 1;
    county.setRelease(release);
  }
  letLockPass(setting.folder, 'hcad');
  await succeeds(setting, 'sync', 'hcad');
  releases.set(await newestImport(setting), release);
  expect(await expectWholeRelease(setting, releases)).toBe(release);

  const [runs] = await setting.db.query(
    "SELECT SUM(records_inserted) AS n FROM etl_sync_log WHERE source = 'hcad'",
  );
  expect(await setting.db.query('SELECT SUM(row_count) AS n FROM etl_import_file')).toEqual([runs]);
  expect(await setting.db.query('SELECT COUNT(*) AS n FROM etl_import')).toEqual([{ n: String(release) }]);
});

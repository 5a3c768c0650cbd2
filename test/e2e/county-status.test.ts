import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StatusReport } from '../../src/report/status-report.ts';
import { trestle } from '../helpers/cli.ts';
import { countyFolder, prints } from '../helpers/county-folder.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

async function readStatus(folder: string): Promise<StatusReport> {
  return JSON.parse(await prints(folder, 'status', '--json')) as StatusReport;
}

test('status shows the release of a county beside the feed, and metrics have both', async () => {
  const feed = await sandboxFor({ listings: 20 });
  const { folder } = await countyFolder({ feed, env: { METRICS_FILE: 'metrics.prom' } });
  await prints(folder, 'sync', 'trestle');
  const before = await readStatus(folder);
  expect(before.releases).toEqual([
    { source: 'hcad', published: null, newer: null, checkedAt: null, dueAt: null },
  ]);

  await prints(folder, 'sync');
  const { releases, resources, runs } = await readStatus(folder);
  expect(resources.map(({ resource }) => resource)).toEqual(['Property', 'Media']);
  expect(releases).toMatchObject([
    { source: 'hcad', published: { id: 1, years: [2026], rejects: 1 }, newer: null },
  ]);
  const land = releases![0]!.published!.tables.find(({ table }) => table === 'hcad_land');
  expect(land).toEqual({ table: 'hcad_land', rows: 300 });
  expect(Date.parse(releases![0]!.dueAt!) - Date.now()).toBeGreaterThan(6 * 86_400_000);
  expect(runs.map(({ source }) => source)).toContain('hcad');
  const text = await prints(folder, 'status');
  expect(text).toMatch(/^hcad +1 +2026 .* ago +.* ago +in 6 d 23 h +1$/m);
  expect(text).toMatch(/sync hcad +partial/);
  expect(text).toContain('in step with the feed');
  expect(await prints(folder, 'status', '--check')).toMatch(/^fresh: /);
  const metrics = readFileSync(join(folder, 'metrics.prom'), 'utf8');
  expect(metrics).toMatch(/release_rows\{.*source="hcad",table="hcad_land"\} 300/);
  expect(metrics).toMatch(/last_run_success\{[^}]*mode="sync",source="hcad"\} 1/);
  expect(metrics).toMatch(/last_run_success\{[^}]*mode="sync"\} 1/);
});

test('status shows an import that was refused, and one that was rolled back', async () => {
  const { folder, county } = await countyFolder();
  await prints(folder, 'sync');
  county.setRelease(2);
  county.faults.add({ kind: 'half-rows', table: 'land' });
  expect(await trestle(folder, ['sync', 'hcad'])).toMatchObject({ code: 1 });
  const refused = await readStatus(folder);
  expect(refused.releases).toMatchObject([{ published: { id: 1 }, newer: { id: 2, state: 'refused' } }]);
  expect(await prints(folder, 'status')).toMatch(/^hcad: import 2 was refused: .*trestle-etl releases hcad/m);

  county.faults.clear();
  county.setRelease(3);
  await prints(folder, 'sync', 'hcad');
  await prints(folder, 'rollback', 'hcad');
  expect(await prints(folder, 'status')).toMatch(/^hcad: import 3 was rolled back/m);
});

test('status --check is about the feed, and says so if there is none', async () => {
  const { folder } = await countyFolder();
  await prints(folder, 'sync');
  const text = await prints(folder, 'status');
  expect(text).toMatch(/^source +release/);
  expect(text).not.toContain('feed');
  const ended = await trestle(folder, ['status', '--check']);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/hcad is read whole.*trestle-etl status --json/);
});

import { expect, test } from 'vitest';
import type { PlannedRelease } from '../../src/commands/plan/format-release.ts';
import { trestle } from '../helpers/cli.ts';
import { countyFolder, defaultEntry, prints, writeEntry } from '../helpers/county-folder.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

async function readPlan(folder: string, ...args: string[]): Promise<PlannedRelease> {
  return JSON.parse(await prints(folder, 'plan', ...args, '--source', 'hcad', '--json')) as PlannedRelease;
}

test('plan shows what an import would fetch, and downloads nothing', async () => {
  const feed = await sandboxFor({ listings: 20 });
  const { folder, county } = await countyFolder({ feed });
  const first = await readPlan(folder);
  expect(first).toMatchObject({ source: 'hcad', asked: 2, requests: 2, published: null });
  expect(first.archives.map(({ name, isChanged }) => [name, isChanged])).toEqual([
    ['Real_acct_owner', true],
    ['Real_building_land', true],
  ]);
  expect(first.bytes).toBe(first.archives.reduce((sum, { bytes }) => sum + bytes!, 0));
  expect(first.bytes).toBeGreaterThan(10_000);
  expect(county.requests.length).toBe(2);
  const text = await prints(folder, 'plan', '--source', 'hcad');
  expect(text).toMatch(/^2026\/Real_acct_owner +download +\d+ KB/m);
  expect(text).toContain('hcad_land (2026 loaded)');

  await prints(folder, 'sync', 'hcad');
  const unchanged = await readPlan(folder);
  expect(unchanged).toMatchObject({ bytes: 0, published: 1 });
  expect(await prints(folder, 'plan', '--source', 'hcad')).toContain('tables: nothing to load');
  const whole = await readPlan(folder, 'full-load');
  expect(whole.tables.every(({ loads }) => loads.length === 1)).toBe(true);
  expect(whole.bytes).toBe(first.bytes);

  // A year that does not exist yet.
  writeEntry(folder, [
    ...defaultEntry(county).filter((line) => !line.startsWith('year')),
    'year: [2026, 2027]',
  ]);
  expect(await readPlan(folder)).toMatchObject({ absentYears: [2027] });
  const refused = await trestle(folder, ['plan', 'reconcile', '--source', 'hcad']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('trestle-etl plan --source hcad');
});

test('verify compares the published tables with what was loaded, and asks for newer archives', async () => {
  const { folder, county, db } = await countyFolder();
  expect(await trestle(folder, ['verify', 'hcad'])).toMatchObject({ code: 78 });
  await prints(folder, 'sync');
  const text = await prints(folder, 'verify');
  expect(text).toMatch(/^hcad_land +300 +300$/m);
  expect(text).toMatch(/^hcad_parcel +built +300$/m);
  expect(text).toContain('the publisher has this release');
  county.setRelease(2);
  expect(await prints(folder, 'verify', 'hcad')).toMatch(
    /has a newer release: 2026\/Real_acct_owner, .*sync hcad/,
  );

  await db.query('DELETE FROM hcad_land LIMIT 3');
  await db.query('DROP TABLE hcad_owners');
  const wrong = await trestle(folder, ['verify', 'hcad', '--json']);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(/not as loaded: hcad_land, hcad_owners .*trestle-etl full-load hcad/);
  const { tables } = JSON.parse(wrong.stdout) as { tables: Record<string, unknown>[] };
  expect(tables).toContainEqual({ table: 'hcad_land', recorded: 300, stored: 297, incomplete: [] });
  expect(await trestle(folder, ['verify', 'hcad', '--stored'])).toMatchObject({ code: 2 });
});

test('commands that need a feed say so if there is none', async () => {
  const { folder } = await countyFolder();
  await prints(folder, 'sync');
  for (const args of [
    ['reconcile'],
    ['asof', '--listing', '1', '--at', '2026-01-01'],
    ['fields', 'list'],
    ['schema', 'diff'],
    ['undelete', '--run', '1'],
  ]) {
    const ended = await trestle(folder, args);
    expect({ args, code: ended.code, stderr: ended.stderr }).toMatchObject({ args, code: 2 });
    expect(ended.stderr).toMatch(/needs a feed.* — trestle-etl releases hcad/);
  }
});

import { expect, test } from 'vitest';
import { trestle } from '../helpers/cli.ts';
import { countyFolder, prints } from '../helpers/county-folder.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

type Checks = Record<string, { result: string; what: string; advice?: string }>;

async function readChecks(folder: string): Promise<Checks> {
  const { stdout } = await trestle(folder, ['doctor', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: (Checks[string] & { name: string })[] };
  return Object.fromEntries(checks.map(({ name, ...check }) => [name, check]));
}

test('doctor checks what an import of county files needs, with one request for each archive', async () => {
  const feed = await sandboxFor({ listings: 20 });
  const { folder, county, db } = await countyFolder({ feed });
  const checks = await readChecks(folder);
  expect(county.requests).toHaveLength(2);
  for (const name of ['layout', 'publisher', 'disk', 'rights']) {
    expect({ name, ...checks[`hcad ${name}`] }).toMatchObject({ name, result: 'ok' });
  }
  expect(checks['hcad layout']!.what).toContain('6 tables: real_acct');
  expect(checks['hcad release']).toMatchObject({ result: 'warn', advice: 'trestle-etl sync hcad' });
  expect(checks['API Property']).toMatchObject({ result: 'ok' });
  expect(checks['last success']).toBeDefined();

  await prints(folder, 'sync', 'hcad');
  await db.query(`REVOKE DROP ON \`${db.name.replaceAll('_', '\\_')}\`.* FROM '${db.user}'@'%'`);
  const later = await readChecks(folder);
  expect(later['hcad release']).toMatchObject({ result: 'ok' });
  expect(later['hcad rights']).toMatchObject({ result: 'fail' });
  expect(later['hcad rights']!.what).toContain('lacks DROP');
  expect(later['hcad rights']!.advice).toMatch(/GRANT .*DROP ON /);
});

test('doctor reports a publisher that does not answer, and a year that is not published', async () => {
  const { folder, county } = await countyFolder({
    entry: ['layout: hcad', 'year: 2026', 'url: http://127.0.0.1:1/data', 'tables: [land]'],
  });
  const checks = await readChecks(folder);
  expect(checks['hcad publisher']).toMatchObject({ result: 'fail' });
  expect(checks['hcad publisher']!.advice).toContain('url of hcad in sources.yaml');
  expect(checks['hcad disk']).toMatchObject({ result: 'skipped' });
  expect(checks['last success']).toBeUndefined();
  const { folder: other } = await countyFolder({
    entry: ['layout: hcad', 'year: 2031', `url: ${county.url}`, 'tables: [land]'],
  });
  expect((await readChecks(other))['hcad publisher']).toMatchObject({ result: 'warn' });
});

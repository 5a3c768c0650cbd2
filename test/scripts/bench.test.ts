import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from '../docs/documents.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

type Results = {
  readonly feed: { readonly listings: number; readonly recordBytes: number };
  readonly ratios: readonly { readonly name: string; readonly median: number }[];
  readonly results: readonly {
    readonly step: string;
    readonly way: string;
    readonly round: number;
    readonly figures: Readonly<Record<string, number | undefined>>;
  }[];
};

type CountyResults = Pick<Results, 'ratios'> & {
  readonly results: readonly {
    readonly table: string;
    readonly way: string;
    readonly figures: Readonly<Record<string, number | undefined>>;
  }[];
};

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
const out = join(folder, 'results.json');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the bench with a temporary folder of its own: what it leaves behind can be seen. */
function bench(...args: string[]) {
  const env = { ...process.env, TMPDIR: folder };
  const script = join(ROOT, 'scripts/bench.mjs');
  return promisify(execFile)(process.execPath, [script, '--no-build', '--out', out, ...args], { env });
}

function left(): string[] {
  return [
    ...readdirSync(folder),
    ...readdirSync(join(ROOT, '.local')).filter((name) => name.startsWith('bench-')),
  ];
}

// Many processes, one after the other: on a busy machine they take their time.
describe('the bench', { timeout: 2 * PATIENCE_MS }, () => {
  test('measures every contestant, on pages that follow one another, and leaves nothing behind', async () => {
    const before = left();
    const { stdout } = await bench('--quick', '--listings', '60', '--page-size', '25', '--rounds', '1');
    expect(stdout).toContain('straightforward');
    // Of so few, nothing is said of the goals.
    expect(stdout).not.toContain('reached');

    const { feed, results, ratios }: Results = JSON.parse(readFileSync(out, 'utf8'));
    expect(feed.listings).toBe(60);
    expect(feed.recordBytes).toBeGreaterThan(25_000);
    expect(feed.recordBytes).toBeLessThan(35_000);
    expect(results.map(({ step, way }) => `${step} ${way}`)).toEqual([
      ...['tool', 'straightforward', 'infile', 'local', 'download'].map((way) => `load ${way}`),
      ...['tool', 'straightforward', 'node'].map((way) => `idle ${way}`),
      ...['reread', 'changed', 'restamp'].flatMap((step) => [`${step} tool`, `${step} straightforward`]),
    ]);
    for (const { figures } of results) expect(figures['wall']).toBeGreaterThan(0);
    const load = results[0]!.figures;
    expect(load).toMatchObject({ rows: 60 });
    // A sign-in and three pages.
    expect(results.find(({ way }) => way === 'download')?.figures['requests']).toBe(4);
    for (const name of ['cpu', 'peak', 'wire', 'written']) expect(load[name], name).toBeGreaterThan(0);
    for (const { name, median } of ratios) expect(median, name).toBeGreaterThan(0);

    expect(left().filter((name) => !before.includes(name))).toEqual(['results.json']);
  });

  test('loads feeds of several sizes', async () => {
    await bench('--scale', '--listings', '10,30');
    const { sizes } = JSON.parse(readFileSync(out, 'utf8'));
    expect(sizes).toMatchObject([
      { listings: 10, rounds: [{ rows: 10 }] },
      { listings: 30, rounds: [{ rows: 30 }] },
    ]);
  });

  test('imports county files in each way, and again unchanged', async () => {
    const archives = join(ROOT, '.local/bench-county-300');
    await bench('--county', '--quick', '--accounts', '300', '--rounds', '1');
    rmSync(archives, { recursive: true, force: true });
    const { results, ratios }: CountyResults = JSON.parse(readFileSync(out, 'utf8'));
    expect(results.map(({ table, way }) => `${table} ${way}`)).toEqual(
      ['real_acct', 'fixtures', 'jur_value'].flatMap((table) =>
        ['tool', 'again', 'insert', 'infile', 'straightforward'].map((way) => `${table} ${way}`),
      ),
    );
    for (const { way, figures } of results) {
      if (way !== 'again') expect(figures['rows'], way).toBeGreaterThan(0);
      expect(figures['wall'], way).toBeGreaterThan(0);
    }
    const unchanged = ratios.filter(({ name }) => name.includes('requests for an unchanged release'));
    expect(unchanged.map(({ median }) => median)).toEqual([1, 1, 1]);
  });

  test('reports the time of each phase', async () => {
    const { stdout } = await bench('--profile', '--listings', '10');
    expect(stdout).toContain('on the main thread');
    const { files } = JSON.parse(readFileSync(out, 'utf8'));
    expect(JSON.stringify(files)).toContain('dist/');
  });

  test.each([
    ['--rounds', '0'],
    ['--listings', 'many'],
    ['--server', 'oracle'],
    ['--slow', '1'],
  ])('refuses %s %s with its usage', async (...args) => {
    await expect(bench(...args)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('npm run bench'),
    });
  });
});

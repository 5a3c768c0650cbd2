import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/pipeline.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const LIMIT = 4096;
const built = (path: string): string => pathToFileURL(join(import.meta.dirname, '../../build', path)).href;

/** Runs once like cron: opens the logs, writes, closes them; `kill`: ends abruptly in the middle. */
const RUN = `
const [dir, id, lines, files, end] = process.argv.slice(1);
const { openLogs } = await import(${JSON.stringify(built('log/log.js'))});
const { createRedactor } = await import(${JSON.stringify(built('log/redact.js'))});
const logs = await openLogs({
  dir, level: 'info', maxBytes: 4096, retentionDays: 14, retentionFiles: Number(files),
  redactor: createRedactor([]), now: Date.now(), onLost: () => { process.exitCode = 9; },
});
for (let n = 0; n < Number(lines); n += 1) {
  logs.main.info({ id, n }, 'x'.repeat(n % 200));
  logs.api.info({ id, n }, 'call');
  if (n % 10 === 0) logs.quality.error({ id, n }, 'error');
}
if (end === 'kill') process.kill(process.pid, 'SIGKILL');
logs.close();
`;

async function run(dir: string, id: number, lines: number, files: number, end = 'close'): Promise<void> {
  const args = ['--input-type=module', '-e', RUN, dir, String(id), String(lines), String(files), end];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(end === 'kill' ? null : 0);
}

function linesOf(dir: string, name: string): { id: string; n: number }[] {
  return readdirSync(dir)
    .filter((file) => file.startsWith(`${name}.2`))
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as { id: string; n: number });
}

// LOG_RUNS=3600 is an hour of cron, a run a second.
const RUNS = Number(process.env['LOG_RUNS'] ?? 60);

const PATIENCE = 2 * PATIENCE_MS + RUNS * 1000;

/** Number of lines of a run. */
const linesIn = (id: number): number => 5 + ((id * 7) % 40);

test(
  'promise 19: of many runs, two at a time, some killed, no line is lost, torn or written twice',
  async () => {
    const dir = temporaryFolder();
    const ids = Array.from({ length: RUNS }, (_, id) => id);
    const work = async (half: number): Promise<void> => {
      for (const id of ids.filter((each) => each % 2 === half)) {
        await run(dir, id, linesIn(id), 100_000, id % 5 === 0 ? 'kill' : 'close');
      }
    };
    await Promise.all([work(0), work(1)]);
    const all = ids.reduce((sum, id) => sum + linesIn(id), 0);
    for (const name of ['etl_main', 'api_calls']) {
      const lines = linesOf(dir, name);
      expect(lines).toHaveLength(all);
      expect(new Set(lines.map(({ id, n }) => `${id} ${n}`)).size).toBe(all);
    }
    const errors = ids.reduce((sum, id) => sum + Math.ceil(linesIn(id) / 10), 0);
    expect(linesOf(dir, 'errors')).toHaveLength(errors);
    expect(linesOf(dir, 'data_quality')).toHaveLength(errors);
    // Two processes can find the same space, each for one line.
    const sizes = readdirSync(dir).map((file) => statSync(join(dir, file)).size);
    expect(Math.max(...sizes)).toBeLessThan(LIMIT + 400);
    expect(sizes.length).toBeGreaterThan(RUNS / 10);
  },
  PATIENCE,
);

test(
  'promise 19: one run after the other, no file grows over its limit, and the retention holds',
  async () => {
    const dir = temporaryFolder();
    for (let id = 0; id < RUNS / 6; id += 1) await run(dir, id, 100, 3);
    const files = readdirSync(dir).filter((file) => /\.\d+\.log$/.test(file));
    expect(Math.max(...files.map((file) => statSync(join(dir, file)).size))).toBeLessThanOrEqual(LIMIT);
    for (const name of ['etl_main', 'api_calls']) {
      const own = files.filter((file) => file.startsWith(name));
      expect(own).toHaveLength(3);
      expect(readFileSync(join(dir, `${name}.log`), 'utf8')).toMatch(/"n":99,/);
    }
  },
  PATIENCE,
);

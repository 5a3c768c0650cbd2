import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../src/host/is-alive.ts';
import { startUntilFileEnd } from '../helpers/database-server.ts';
import { program } from '../helpers/own-server.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let folder: string;

/** Below the project: test files import its modules. */
beforeAll(() => {
  mkdirSync(join(ROOT, '.local'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.local/test-servers-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startNode(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Runs a test file alone. @returns what `after` wrote to the file `seen` when the file had ended. */
async function runFile(code: string): Promise<string> {
  const module = (name: string): string => JSON.stringify(join(ROOT, name));
  const seen = join(folder, 'seen');
  const prelude = `import { readFileSync, writeFileSync } from 'node:fs';
    import { afterAll, beforeAll, test } from 'vitest';`;
  // The hook that is registered first is called last.
  writeFileSync(
    join(folder, 'watch.ts'),
    `${prelude}
    import { isAlive } from ${module('src/host/is-alive.ts')};
    afterAll(() => writeFileSync(${JSON.stringify(seen)}, isAlive(Number(readFileSync(${JSON.stringify(seen)}, 'utf8'))) ? 'runs' : 'ended'));`,
  );
  writeFileSync(
    join(folder, 'one.test.ts'),
    `${prelude}
    import { startOwnServer } from ${module('test/helpers/own-server.ts')};
    const start = async () => {
      const { server, root } = await startOwnServer();
      writeFileSync(${JSON.stringify(seen)}, String(server.pid));
      return root;
    };
    ${code}`,
  );
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `export default { root: ${JSON.stringify(folder)}, test: {
      setupFiles: ['watch.ts', ${module('test/helpers/set-up.ts')}],
      isolate: false,
      testTimeout: 300_000,
      hookTimeout: 300_000,
    } };`,
  );
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = startNode(vitest, 'run', '--config', join(folder, 'vitest.config.ts'));
  child.stdout?.resume();
  await once(child, 'exit');
  return readFileSync(seen, 'utf8');
}

test.each([
  ['passes', `beforeAll(async () => void (await start())); test('passes', () => undefined);`],
  [
    'fails in a hook',
    `beforeAll(async () => { await start(); throw new Error('fails'); }); test('is skipped', () => undefined);`,
  ],
  [
    'ends while a statement waits',
    `test('waits', async () => void (await start()).query('DO SLEEP(1000)').catch(() => undefined));`,
  ],
])('the server of a test file that %s has ended at the end of the file', async (_, code) => {
  expect(await runFile(code)).toBe('ended');
});

test('the server of a killed process is ended when a server beside it stops', async () => {
  const { server, dataDir } = await program();
  const options = { root: ROOT, server, inMemory: true };
  const code = `import { startDatabase } from ${JSON.stringify(join(ROOT, 'scripts/lib/database.mjs'))};
    const options = ${JSON.stringify({ ...options, dataDir: `${dataDir}-orphan` })};
    const { pid } = await startDatabase({ ...options, log: () => undefined });
    console.log(pid);
    setInterval(() => undefined, 1000);`;
  const owner = startNode('--input-type=module', '-e', code);
  const [line] = (await once(owner.stdout!, 'data')) as [Buffer];
  const pid = Number(line.toString());
  onTestFinished(() => void (isAlive(pid) && process.kill(pid, 'SIGKILL')));
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(isAlive(pid)).toBe(true);
  const other = await startUntilFileEnd({ ...options, dataDir: `${dataDir}-other`, log: () => undefined });
  await other.stop();
  expect(isAlive(pid)).toBe(false);
});

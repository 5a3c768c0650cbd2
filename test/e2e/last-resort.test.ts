import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, MAIN, startBy, tool, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

let sandbox: Sandbox;
let db: FreshDatabase;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 50 });
  db = await migratedDatabase();
});

/** The built tool, with this code run before it. */
function withCode(folder: string, code: string, ...args: readonly string[]): Promise<Ended> {
  const file = join(folder, 'before.mjs');
  writeFileSync(file, code);
  return startBy(folder, [process.execPath, '--import', file, ...tool(...args).slice(1)]).ended;
}

function oneLine({ stderr }: Ended): string {
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/^\s+at /m);
  return lines[0]!;
}

/** The file of the built tool that has its errors. */
const ERRORS = pathToFileURL(join(dirname(MAIN), 'chunks/cli.js')).href;

/** A sync whose first page never comes; `code` runs while it waits for that. */
async function inSync(code: string): Promise<{ ended: Ended; folder: string }> {
  const folder = configured(sandbox, db, { RESOURCES: 'Property' });
  sandbox.faults.clear();
  sandbox.faults.add({ kind: 'hang', resource: 'Property' });
  const atPage = `import { subscribe } from 'node:diagnostics_channel';
    import { UnavailableError } from '${ERRORS}';
    subscribe('http.client.request.start', ({ request }) => {
      if (request.path.includes('/Property?')) setTimeout(() => { ${code} }, 10);
    });`;
  const ended = await withCode(folder, atPage, 'sync');
  sandbox.faults.clear();
  return { folder, ended };
}

test.each([
  [
    'a promise that nobody waits for, with an error of ours',
    "Promise.reject(new UnavailableError('the moon is away', { op: 'x', hint: 'run trestle-etl doctor' }));",
    69,
    /^trestle-etl: the moon is away — run trestle-etl doctor$/,
  ],
  [
    'an exception of a timer, with an error that nobody knows',
    "throw new TypeError('x is not a function\\nand more');",
    1,
    /^trestle-etl: unexpected error: x is not a function and more \(details are in errors\.log, if there is a log\)$/,
  ],
  ['a rejection that is no Error', 'Promise.reject(undefined);', 1, /unexpected error: undefined/],
])('%s ends the run with one line and its exit code', async (_, code, exitCode, line) => {
  const { ended } = await inSync(code);
  expect(oneLine(ended)).toMatch(line);
  expect(ended).toMatchObject({ code: exitCode, stdout: '' });
});

test('promise 16: the line hides secrets, the error is logged, and the next run closes the row of the run', async () => {
  const { ended, folder } = await inSync(
    `Promise.reject(new Error('token for ${sandbox.clientSecret} lost'));`,
  );
  expect(oneLine(ended)).toContain('token for [hidden] lost');
  const errors = readFileSync(join(folder, 'logs/errors.log'), 'utf8');
  expect(errors).toContain('ended by an uncaught error');
  expect(errors).not.toContain(sandbox.clientSecret);
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
  const runs = await db.query('SELECT status FROM etl_sync_log ORDER BY id DESC LIMIT 2');
  expect(runs).toEqual([{ status: 'success' }, { status: 'failed' }]);
});

test.each(['18.20.8', '20.18.1'])('Node.js %s is refused before anything is made', async (version) => {
  const empty = await freshDatabase();
  const folder = configured(sandbox, empty);
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const ended = await withCode(folder, code, 'sync');
  expect(oneLine(ended)).toMatch(/Node\.js \S+ is too old: trestle-etl needs 20\.19\.0 or newer/);
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(await empty.query('SHOW TABLES')).toEqual([]);
  expect(['state', 'logs'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
});

test('an installation that lacks a file ends with one line', async () => {
  const folder = temporaryFolder();
  cpSync(dirname(MAIN), join(folder, 'dist'), { recursive: true });
  cpSync(join(dirname(MAIN), '../package.json'), join(folder, 'package.json'));
  symlinkSync(join(dirname(MAIN), '../node_modules'), join(folder, 'node_modules'));
  rmSync(join(folder, 'dist/chunks/run.js'));
  const run = (command: string): Promise<Ended> =>
    startBy(folder, [process.execPath, join(folder, 'dist/main.js'), command]).ended;
  // The code of a command is loaded when it is called: what another one needs is not missed.
  expect(await run('--help')).toMatchObject({ code: 0, stderr: '' });
  const ended = await run('sync');
  expect(oneLine(ended)).toMatch(/the installation is incomplete: .*run\.js.* — install trestle-etl again$/);
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  rmSync(join(folder, 'dist/chunks/cli.js'));
  const broken = await run('--help');
  expect(oneLine(broken)).toMatch(/the installation is incomplete: .*cli\.js/);
  expect(broken).toMatchObject({ code: 78, stdout: '' });
});

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { configured } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let bin: string;

beforeAll(() => {
  const folder = temporaryFolder();
  const env = { ...process.env, npm_config_ignore_scripts: 'true' };
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, env });
  const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }];
  renameSync(join(folder, filename), join(folder, 'trestle-etl.tgz'));
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', './trestle-etl.tgz'], {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
  bin = join(folder, 'node_modules', '.bin', 'trestle-etl');
});

test('the tarball, installed into an empty folder, loads a feed', async () => {
  const sandbox = await sandboxFor({ listings: 50 });
  const db = await freshDatabase();
  const folder = configured(sandbox, db);
  expect(await sh(bin, ['full-load'], folder)).toBe('');
  expect(await db.query('SELECT COUNT(*) AS n FROM properties')).toEqual([{ n: '50' }]);
  expect(await sh(bin, ['--version'], folder)).toBe(
    `${(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version}\n`,
  );
  for (const name of [
    '.env.example',
    'examples/sources.yaml',
    'schema/sources.schema.json',
    'schema/layout.schema.json',
  ])
    expect(existsSync(join(dirname(bin), '..', 'trestle-etl', name))).toBe(true);
});

test("the lines of crontab.example run in cron's bare environment", async () => {
  const sandbox = await sandboxFor({ listings: 30 });
  const db = await freshDatabase();
  const folder = configured(sandbox, db);
  const { settings, commands } = crontab();
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    // What differs on each machine: where Node and the tool are, and where the configuration is.
    const here = command
      .replaceAll(/\S*\/trestle-etl(?=\s)/g, bin)
      .replaceAll(/\S+\/\.env\b/g, join(folder, '.env'))
      .replaceAll(/cd \S+/g, `cd ${folder}`);
    const env = {
      HOME: folder,
      LOGNAME: 'etl',
      SHELL: '/bin/sh',
      PATH: `${dirname(process.execPath)}:${settings['PATH'] ?? '/usr/bin:/bin'}`,
    };
    const printed = await sh(
      '/usr/bin/env',
      ['-i', ...Object.entries(env).map(([n, v]) => `${n}=${v}`), '/bin/sh', '-c', here],
      folder,
    );
    expect(printed).toBe('');
  }
  expect(await db.query('SELECT COUNT(*) AS n FROM properties')).toEqual([{ n: '30' }]);
});

function crontab(): { settings: Record<string, string>; commands: string[] } {
  const lines = readFileSync(join(ROOT, 'crontab.example'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const assignments = lines.filter((line) => /^[A-Z]+=/.test(line)).map((line) => line.split('=', 2));
  return {
    settings: Object.fromEntries(assignments) as Record<string, string>,
    commands: lines
      .filter((line) => !/^[A-Z]+=/.test(line))
      .map((line) => line.split(/\s+/).slice(5).join(' ')),
  };
}

/** What it prints on both streams; throws where it fails. The sandbox lives in this process, so nothing may block. */
async function sh(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, [...args], { cwd });
  return stdout + stderr;
}

import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, start, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

describe('profiles', () => {
  test('are several feeds in one folder: each has its database, state and logs', async () => {
    const [east, west] = [
      await sandboxFor({ listings: 30, seed: 1 }),
      await sandboxFor({ listings: 20, seed: 2 }),
    ];
    const [one, two] = [await migratedDatabase(), await migratedDatabase()];
    const folder = configured(east, one);
    renameSync(join(configured(west, two), '.env'), join(folder, '.env.west'));
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    expect(await trestle(folder, ['--profile', 'west', 'sync'])).toMatchObject({ code: 0, stderr: '' });
    expect(await expectParity(east, one, property)).toBe(30);
    expect(await expectParity(west, two, property)).toBe(20);
    expect(readdirSync(join(folder, 'state'))).toEqual(expect.arrayContaining(['token.json', 'west']));
    expect(readdirSync(join(folder, 'state/west'))).toContain('token.json');
    const log = readFileSync(join(folder, 'logs/west/etl_main.log'), 'utf8');
    expect(log).toContain('run started');
    expect(readFileSync(join(folder, 'logs/etl_main.log'), 'utf8')).not.toBe(log);
    for (const args of [['doctor'], ['doctor', '--profile', 'west']])
      expect(await trestle(folder, args)).toMatchObject({ code: 0 });
  });

  test('promise 15: have locks of their own: one runs while another does', async () => {
    const sandbox = await sandboxFor({ listings: 10 });
    const [one, two] = [await migratedDatabase(), await migratedDatabase()];
    const folder = configured(sandbox, one, { RESOURCES: 'Property' });
    renameSync(join(configured(sandbox, two, { RESOURCES: 'Property' }), '.env'), join(folder, '.env.west'));
    sandbox.faults.add({ kind: 'hang' });
    const asked = new Promise<void>((resolve) => {
      sandbox.onRequest = () => resolve();
    });
    const first = start(folder, ['sync']);
    await asked;
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 75 });
    expect(await trestle(folder, ['--profile', 'west', 'sync'])).toMatchObject({ code: 0, stderr: '' });
    first.child.kill('SIGKILL');
    await first.ended;
  });

  test('that have no file are told, with the command that writes one', async () => {
    const ended = await trestle(temporaryFolder(), ['--profile', 'west', 'sync']);
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toMatch(
      /there is no file .*\.env\.west — trestle-etl --profile west init writes it\n$/,
    );
  });

  test('stand in the commands that hints and outputs name', async () => {
    const sandbox = await sandboxFor({ listings: 5 });
    const db = await migratedDatabase();
    const folder = temporaryFolder();
    renameSync(join(configured(sandbox, db), '.env'), join(folder, '.env.west'));
    const stale = await trestle(folder, ['--profile', 'west', 'status', '--check']);
    expect(stale.stderr).toContain('trestle-etl --profile west doctor');
    for (const command of ['status', 'doctor']) {
      const { stdout } = await trestle(folder, ['--profile', 'west', command]);
      expect(stdout).toContain('trestle-etl --profile west full-load');
    }
  });

  test.each([['../etc'], ['a.b'], ['a b'], ['']])('can’t be called %j', async (name) => {
    const ended = await trestle(temporaryFolder(), ['--profile', name, 'status']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/letters, digits, _ and -/);
  });

  test('and --env-file at once are a wrong usage', async () => {
    const folder = temporaryFolder();
    for (const name of ['a.env', '.env.west']) writeFileSync(join(folder, name), '');
    const ended = await trestle(folder, ['sync', '--profile', 'west', '--env-file', 'a.env']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/--profile <profile>' cannot be used with option '--env-file <file>'/);
  });
});

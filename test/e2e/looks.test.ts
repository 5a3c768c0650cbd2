import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configured, type Ended, trestle, trestleProcess } from '../helpers/cli.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? '' : ' (skipped: only root can be another user)';
const CRON = 65_534;

const COMMANDS = [
  'status',
  'status --check --max-age 1d',
  'usage',
  'plan',
  'verify',
  'why 1155528690',
  'quarantine list',
];

/** Everything in a folder that is not this user's. */
function foreign(folder: string, uid: number): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => lstatSync(join(folder, path)).uid !== uid,
  );
}

/** The tool, started by cron's user. */
async function asCron(folder: string, ...args: string[]): Promise<Ended> {
  return trestleProcess(folder, args, {}, CRON);
}

test.runIf(isRoot)(
  `promise 19: what root looks at stays its owner's: nothing of root's is left behind, and the next run goes well${asRoot}`,
  async () => {
    const sandbox = await sandboxFor({ listings: 20 });
    const folder = configured(sandbox, await migratedDatabase());
    expect(spawnSync('chown', ['-R', `${CRON}`, folder]).status).toBe(0);
    expect(await asCron(folder, 'sync')).toMatchObject({ code: 0, stderr: '' });
    // The logs of a day that cron's user has not begun yet.
    rmSync(join(folder, 'logs'), { recursive: true });
    for (const command of COMMANDS) {
      const ended = await trestle(folder, command.split(' '));
      expect([command, ended.stderr, foreign(folder, CRON)]).toEqual([command, '', []]);
      expect(ended.code).toBe(0);
    }
    expect(await asCron(folder, 'sync')).toMatchObject({ code: 0, stderr: '' });
  },
);

test.runIf(isRoot)(
  `what root looks at before the first run is made for nobody else either${asRoot}`,
  async () => {
    const sandbox = await sandboxFor({ listings: 20 });
    const folder = configured(sandbox, await migratedDatabase());
    expect(spawnSync('chown', ['-R', `${CRON}`, folder]).status).toBe(0);
    expect(await trestle(folder, ['status'])).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder)).toEqual(['.env']);
    expect(await asCron(folder, 'sync')).toMatchObject({ code: 0, stderr: '' });
  },
);

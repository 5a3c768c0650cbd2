import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { countyFor, expectTable, importSetting } from '../helpers/county.ts';

const MAX_MEMORY_KB = 250 * 1024;

/** The peak of a process so far, in kilobytes; undefined after its end. */
function readPeak(pid: number): number | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}

test.skipIf(process.platform !== 'linux')(
  'promise 28: an import takes at most 250 MB of memory',
  async () => {
    const county = await countyFor({ accounts: 12_000 });
    const tables = ['real_acct', 'fixtures', 'jur_value'];
    const setting = await importSetting(county, { tables });
    const { child, ended } = start(setting.folder, ['sync', 'hcad']);
    let peak = 0;
    let isRunning = true;
    while (isRunning) {
      peak = Math.max(peak, readPeak(child.pid!) ?? 0);
      isRunning = (await Promise.race([ended, wait(50)])) === undefined;
    }
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(MAX_MEMORY_KB);
    for (const table of tables) await expectTable(setting, { table, year: 2026 });
  },
);

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { hasTerminals, onTerminal } from '../helpers/on-terminal.ts';
import { expectParity } from '../helpers/parity.ts';
import { WAIT_MS } from '../helpers/patience.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 50 });
});

const SETTINGS = { PAGE_SIZE: '10', RESOURCES: 'Property', LOG_FORMAT: 'pretty' };

/** Starts a full-load by a shell, on a terminal that is closed after the first page. @returns its exit code. */
async function codeWithoutTerminal(
  folder: string,
  db: FreshDatabase,
  command: (line: string) => string,
): Promise<number> {
  sandbox.faults.add({ kind: 'slow', ms: 300, resource: 'Property' });
  const session = onTerminal(folder, ['full-load'], (line) => `${command(line)}; echo $? > code`);
  const hasWatermark = async () => expect(await db.query('SELECT 1 FROM etl_watermark')).toHaveLength(1);
  await vi.waitFor(hasWatermark, WAIT_MS);
  session.close();
  const file = join(folder, 'code');
  await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toMatch(/\n/), WAIT_MS);
  sandbox.faults.clear();
  return Number(readFileSync(file, 'utf8'));
}

/** The kernel signals the shell, which passes it on; the kernel signals the program again when the shell ends. */
const passOn = (line: string): string =>
  `${line} < /dev/tty & trap 'kill -HUP $!; sleep 0.1; kill -HUP $!' HUP; wait $!; wait $!`;

const ignore = (line: string): string => `trap '' HUP; ${line} < /dev/null`;

test.runIf(hasTerminals)(
  'a closed terminal ends the run after its page, and the next run resumes',
  async () => {
    const db = await migratedDatabase();
    const folder = configured(sandbox, db, SETTINGS);
    expect(await codeWithoutTerminal(folder, db, passOn)).toBe(129);
    expect(await db.query('SELECT status, error_message FROM etl_sync_log')).toEqual([
      { status: 'partial', error_message: expect.stringContaining('SIGHUP') },
    ]);
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
    expect(await expectParity(sandbox, db, property)).toBe(50);
  },
);

test.runIf(hasTerminals)('a run that reads no terminal survives the end of it, and succeeds', async () => {
  const db = await migratedDatabase();
  const folder = configured(sandbox, db, SETTINGS);
  expect(await codeWithoutTerminal(folder, db, ignore)).toBe(0);
  expect(await db.query('SELECT status FROM etl_sync_log')).toEqual([{ status: 'success' }]);
  expect(await expectParity(sandbox, db, property)).toBe(50);
});

import { describe, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, type Ended, startBy, tool } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

/** The tool with something behind it in bash; the exit code is the tool's. */
async function behind(folder: string, args: readonly string[], line: string): Promise<Ended> {
  const script = `"$@" ${line}; exit \${PIPESTATUS[0]}`;
  return startBy(folder, ['bash', '-c', script, 'bash', ...tool(...args)]).ended;
}

describe('what is printed', () => {
  test('and nobody reads to its end is no failure', async () => {
    const ended = await behind(temporaryFolder(), ['--help'], '| true');
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('and finds no room is told in one line', async () => {
    const ended = await behind(temporaryFolder(), ['completion', 'bash'], '> /dev/full');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^trestle-etl: the output could not be written: ENOSPC[^\n]*\n$/);
  });

  test('again and again ends with its reader', async () => {
    const sandbox = await sandboxFor({ listings: 1 });
    const folder = configured(sandbox, await migratedDatabase());
    const ended = await behind(folder, ['status', '--watch'], '| head -n 1');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});

test('promise 1: a run whose log nobody reads any more goes on to its end', async () => {
  const sandbox = await sandboxFor({ listings: 200 });
  const db = await migratedDatabase();
  const folder = configured(sandbox, db, { LOG_FORMAT: 'json', PAGE_SIZE: '10' });
  const ended = await behind(folder, ['full-load'], '2>&1 | head -n 2');
  expect(ended.stdout.split('\n')).toHaveLength(3);
  expect(ended.code).toBe(0);
  expect(await expectParity(sandbox, db, property)).toBe(200);
});

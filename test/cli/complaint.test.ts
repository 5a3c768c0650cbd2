import { expect, test } from 'vitest';
import { cli } from '../../src/cli.ts';
import { capturedIo } from '../helpers/io.ts';

/** The exit code of a command line, and what it writes on stderr. */
async function complain(line: string): Promise<[number, string]> {
  const { io, stderr } = capturedIo();
  return [await cli(['node', 'trestle-etl', ...line.split(' ')], io), stderr()];
}

test.each([
  [
    'fields drop Property --missing',
    "unknown option '--missing' — it is an option of trestle-etl fields list",
  ],
  ['fields list --no-fill', "unknown option '--no-fill' — it is an option of trestle-etl fields add"],
  ['quarantine show 1 --all', "unknown option '--all' — it is an option of trestle-etl quarantine replay"],
  ['schema diff --frobnicate', "unknown option '--frobnicate' — see trestle-etl schema diff --help"],
  ['fields drop', "missing required argument 'resource' — see trestle-etl fields drop --help"],
  [
    'fields ad Property',
    'fields has no ad: it needs one of list, add, drop — trestle-etl fields --help lists them',
  ],
  [
    'quarantine',
    'quarantine needs one of list, show, replay, purge — trestle-etl quarantine --help lists them',
  ],
  ['alert', 'alert needs test — trestle-etl alert --help lists them'],
  ['sync --zzz', "unknown option '--zzz' — see trestle-etl --help"],
  ['status --last none', "option '--last <n>' argument 'none' is invalid. It must be a whole number."],
  ['status --last 0', 'It must be 1 or more.'],
  ['reconcile --max-delete-percent 101', 'It must be from 0 to 100.'],
  ['plan --every often', 'It must be a duration such as 90s'],
  ['usage --csv --json', "option '--csv' cannot be used with option '--json'"],
  ['undelete', "required option '--run <n>' not specified"],
])('%s is a usage error that names the next step', async (line, message) => {
  const [code, written] = await complain(line);
  expect(code).toBe(2);
  expect(written).toMatch(/^trestle-etl: [^\n]* — [^\n]+\n$/);
  expect(written).toContain(message);
});

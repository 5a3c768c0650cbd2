import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, startBy, tool, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { doctor } from '../helpers/doctor.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

let sandbox: Sandbox;
let db: FreshDatabase;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 10 });
  db = await migratedDatabase();
});

const BOM = '\uFEFF';
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** A folder whose `.env`, with a letter outside ASCII in a comment, is written like this. */
function folderWith(encode: (text: string) => Buffer): { folder: string; file: string } {
  const folder = join(configured(sandbox, db, { RESOURCES: 'Property' }), "the agent's");
  mkdirSync(folder);
  const file = join(folder, '.env');
  renameSync(join(folder, '../.env'), file);
  writeFileSync(file, encode(`# Zürich\n${readFileSync(file, 'utf8')}`));
  return { folder, file };
}

function expectRefusal(ended: Ended, says: RegExp): void {
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(ended.stderr).toMatch(says);
}

test('a .env in UTF-8 with a byte order mark works', async () => {
  const { folder } = folderWith((text) => Buffer.from(BOM + text));
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['UTF-16, as Notepad and PowerShell write it', (text: string) => utf16(BOM + text)],
  ['big-endian UTF-16', (text: string) => utf16(BOM + text).swap16()],
  ['UTF-16 without a byte order mark', (text: string) => utf16(text)],
  ['big-endian UTF-16 without one', (text: string) => utf16(text).swap16()],
  ['windows-1252', (text: string) => Buffer.from(text, 'latin1')],
])('a .env in %s is refused in one line, and the command in that line makes it work', async (_, encode) => {
  const { folder, file } = folderWith(encode);
  const ended = await trestle(folder, ['sync']);
  expectRefusal(ended, /\.env is (UTF-16.*, not UTF-8|not UTF-8: see line 1) — save it as UTF-8/);
  expect(['state', 'logs'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
  execFileSync('sh', ['-c', /iconv .+$/m.exec(ended.stderr)![0]]);
  expect(readFileSync(file, 'utf8')).toContain('# Zürich\n');
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
});

test('doctor names it too', async () => {
  const { folder } = folderWith((text) => utf16(BOM + text));
  const { code, checks } = await doctor(folder);
  expect(code).toBe(1);
  expect(checks.find(({ result }) => result === 'fail')).toMatchObject({
    name: 'configuration',
    what: expect.stringContaining('is UTF-16') as string,
  });
});

test.each([
  ['FIELDS_FILE', 'fields.json'],
  ['MYSQL_SSL_CA', 'ca.pem'],
])('so is the file of %s', async (variable, name) => {
  const folder = configured(sandbox, db, { [variable]: name });
  writeFileSync(join(folder, name), utf16(`${BOM}{"version": 1, "resources": {}}`));
  expectRefusal(await trestle(folder, ['sync']), new RegExp(`${name} is UTF-16`));
});

test('a working directory that was removed is named in one line', async () => {
  const folder = temporaryFolder();
  const command = `cd ${folder} && rmdir ${folder} && exec ${tool('status').join(' ')}`;
  expectRefusal(await startBy('/', ['sh', '-c', command]).ended, /the working directory cannot be found/);
});

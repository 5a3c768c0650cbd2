import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trestle } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';
import { hasTerminals, onTerminal } from '../helpers/on-terminal.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';

const ENTER = '\r';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

describe.runIf(hasTerminals)('init on a terminal', () => {
  test('asks, hides what is secret, and writes a configuration that doctor passes', async () => {
    const sandbox = await sandboxFor({ listings: 5 });
    const db = await freshDatabase();
    const folder = temporaryFolder();
    const session = onTerminal(folder, ['init']);
    await session.answer(/Client id.*: /, ENTER);
    await session.answer(/must be set[^]*Client id.*: /, sandbox.clientId + ENTER);
    await session.answer(/Its secret.*: /, sandbox.clientSecret + ENTER);
    await session.answer(/Root of the OData service \[https:.*\]: /, sandbox.url + ENTER);
    await session.answer(/Database server \[127\.0\.0\.1\]: /, db.host + ENTER);
    await session.answer(/port \[3306\]: /, String(db.port) + ENTER);
    await session.answer(/Database, .* \[trestle\]: /, db.name + ENTER);
    await session.answer(/user \[trestle\]: /, db.user + ENTER);
    await session.answer(/password.*: /, db.password + ENTER);
    expect(await session.ended).toMatchObject({ code: 0 });
    expect(session.screen()).toContain(sandbox.clientId);
    expect(session.screen()).not.toContain(sandbox.clientSecret);
    expect(session.screen()).not.toContain(db.password);
    expect(session.screen()).toMatch(/Next:[^]*trestle-etl doctor[^]*trestle-etl full-load/);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(await trestle(folder, ['doctor'])).toMatchObject({ code: 0, stderr: '' });
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('writes the file of a profile, and names the next commands with it', async () => {
    const folder = temporaryFolder();
    const session = onTerminal(folder, ['--profile', 'west', 'init']);
    await session.answer(/Client id.*: /, `me${ENTER}`);
    await session.answer(/secret.*: /, `s3cret${ENTER}`);
    for (const question of [
      /OData.*: /,
      /server.*: /,
      /port.*: /,
      /Database, .*\[trestle_west\]: /,
      /user.*: /,
      /password.*: /,
    ])
      await session.answer(question, ENTER);
    expect(await session.ended).toMatchObject({ code: 0 });
    expect(session.screen()).toContain('trestle-etl --profile west doctor');
    expect(readFileSync(join(folder, '.env.west'), 'utf8')).toMatch(/^MYSQL_DATABASE=trestle_west$/m);
    expect(existsSync(join(folder, '.env'))).toBe(false);
  });

  test.each([
    ['Ctrl-C', CTRL_C, 130, /stopped by SIGINT; nothing was written/],
    ['Ctrl-D', CTRL_D, 1, /closed before the last question; nothing was written/],
  ])('writes nothing after %s', async (_, key, code, says) => {
    const folder = temporaryFolder();
    const session = onTerminal(folder, ['init']);
    await session.answer(/Client id.*: /, `me${ENTER}`);
    await session.answer(/secret.*: /, key);
    expect(await session.ended).toMatchObject({ code });
    expect(session.screen()).toMatch(says);
    expect(existsSync(join(folder, '.env'))).toBe(false);
  });
});

describe('init refuses, with exit code 2,', () => {
  test('to write over a file that is there', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), 'mine');
    const ended = await trestle(folder, ['init']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/\.env already exists and is not overwritten/);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('mine');
  });

  test('to ask where there is no terminal', async () => {
    const folder = temporaryFolder();
    const ended = await trestle(folder, ['init']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/there is no terminal — .*copy .*\.env\.example to .*\.env /);
    expect(existsSync(join(folder, '.env'))).toBe(false);
  });
});

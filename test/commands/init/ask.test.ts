import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askForSettings } from '../../../src/commands/init/ask.ts';
import { openDraft } from '../../../src/app/draft.ts';
import type { Terminal } from '../../../src/host/terminal.ts';
import { FatalError, UsageError } from '../../../src/errors.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';

type Asked = { readonly question: string; readonly isHidden: boolean };

/** Somebody who types these answers. */
function typist(answers: readonly string[], asked: Asked[] = []): Terminal {
  const left = [...answers];
  return {
    isInteractive: true,
    ask: async (question, isHidden = false) => {
      asked.push({ question, isHidden });
      await Promise.resolve();
      const answer = left.shift();
      if (answer === undefined) throw new FatalError('left', { op: 'ask' });
      return answer;
    },
    close: () => undefined,
  };
}

const place = (): { envFile: string; cwd: () => string } => ({
  envFile: join(temporaryFolder(), '.env'),
  cwd: () => '/',
});
const nothing = (): void => undefined;

describe('init', () => {
  test('offers what most people take, and writes only what differs from the defaults', async () => {
    const { envFile } = place();
    const asked: Asked[] = [];
    const said: string[] = [];
    const terminal = typist(['me', 's3cret', '', '', '', '', '', ''], asked);
    await askForSettings(openDraft({ envFile, cwd: () => '/' }, terminal), (text) => said.push(text));
    const text = readFileSync(envFile, 'utf8');
    expect(text).toMatch(/^TRESTLE_CLIENT_ID=me\n/m);
    expect(text).toMatch(/^MYSQL_DATABASE=trestle\n/m);
    expect(text).toMatch(/^# MYSQL_HOST=127\.0\.0\.1\n/m);
    expect(asked.map(({ question }) => question)).toContain('Database server [127.0.0.1]: ');
    expect(said.at(-1)).toMatch(/trestle-etl doctor[^]*trestle-etl full-load/);
  });

  test('promise 19: hides the secret and the password, and never prints them', async () => {
    const asked: Asked[] = [];
    const said: string[] = [];
    const terminal = typist(['me', 's3cret', 'nonsense', '', '', '', '', '', 'hush'], asked);
    await askForSettings(openDraft(place(), terminal), (text) => said.push(text));
    expect(asked.filter(({ isHidden }) => isHidden).map(({ question }) => question)).toEqual([
      'Its secret (not shown): ',
      "The user's password (not shown; may be empty): ",
    ]);
    expect(said.join()).not.toMatch(/s3cret|hush/);
  });

  test('promise 21: asks again until the answer is valid, and prints what is accepted', async () => {
    const { envFile } = place();
    const said: string[] = [];
    const answers = [
      '',
      ' ',
      'me',
      's',
      'api.x',
      'https://api.x/odata',
      '',
      '99999',
      '3307',
      'homes',
      'etl',
      '',
    ];
    await askForSettings(openDraft({ envFile, cwd: () => '/' }, typist(answers)), (text) => said.push(text));
    expect(said.filter((line) => line.startsWith('  '))).toEqual([
      '  TRESTLE_CLIENT_ID must be set',
      '  TRESTLE_CLIENT_ID must be set',
      expect.stringContaining('  TRESTLE_API_BASE_URL must be an address that begins with https://'),
      '  MYSQL_PORT must be a whole number from 1 to 65535',
    ]);
    expect(readFileSync(envFile, 'utf8')).toMatch(/^MYSQL_PORT=3307\n/m);
  });

  test('offers each profile a database of its own', async () => {
    const asked: Asked[] = [];
    const terminal = typist([], asked);
    await expect(
      askForSettings(
        { ...openDraft(place(), typist(['a', 'b', '', '', ''], asked)), profile: 'far-west' },
        nothing,
      ),
    ).rejects.toThrow('left');
    terminal.close();
    expect(asked.at(-1)?.question).toContain('[trestle_far_west]');
  });

  test('writes nothing if the user quits before the end', async () => {
    const { envFile } = place();
    await expect(
      askForSettings(openDraft({ envFile, cwd: () => '/' }, typist(['me', 's'])), nothing),
    ).rejects.toThrow('left');
    expect(existsSync(envFile)).toBe(false);
  });

  test('refuses without a terminal, and names the file to copy', async () => {
    const draft = openDraft(place(), { ...typist([]), isInteractive: false });
    const error: unknown = await askForSettings(draft, nothing).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UsageError);
    const [, pattern] = /copy (\S+) to/.exec((error as UsageError).hint!)!;
    expect(existsSync(pattern!)).toBe(true);
  });

  test('refuses before the first question if the file exists', async () => {
    const { envFile } = place();
    await askForSettings(
      openDraft({ envFile, cwd: () => '/' }, typist(['me', 's', '', '', '', '', '', ''])),
      nothing,
    );
    expect(() => openDraft({ envFile, cwd: () => '/' }, typist([]))).toThrow(
      /already exists and is not overwritten/,
    );
  });
});

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import {
  formatAssignment,
  envFilePath,
  findConflicts,
  type ExclusiveSettings,
  writeEnvFile,
} from '../../src/config/env-file.ts';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { registry } from '../../src/sources/registry.ts';
import { read } from '../docs/documents.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const KNOWN = registry;
const ANSWERS = {
  TRESTLE_CLIENT_ID: 'me',
  TRESTLE_CLIENT_SECRET: 's',
  MYSQL_DATABASE: 'homes',
  MYSQL_USER: 'etl',
};

const lines = (text: string): number => text.split('\n').length;

/** Writes a file with these answers, and loads it. */
function reread(more: Readonly<Record<string, string>> = {}) {
  const path = join(temporaryFolder(), '.env');
  writeEnvFile(path, read('.env.example'), new Map(Object.entries({ ...ANSWERS, ...more })));
  return { path, config: loadConfig(KNOWN, { envFile: path, cwd: () => '/' }, {}) };
}

describe('envFilePath', () => {
  test.each([
    [{}, '.env'],
    [{ profile: 'west' }, '.env.west'],
    [{ envFile: 'etc/a.env' }, 'etc/a.env'],
  ])('%j is %s in the working directory', (place, path) => {
    expect(envFilePath({ ...place, cwd: () => '/srv/etl' })).toBe(join('/srv/etl', path));
  });
});

describe('writeEnvFile', () => {
  test('writes the answers, and defaults for the rest', () => {
    const { path, config } = reread({ MYSQL_PASSWORD: 'p', MYSQL_PORT: '3307' });
    expect(config.mysql).toMatchObject({ database: 'homes', user: 'etl', password: 'p', port: 3307 });
    expect(config.sources).toMatchObject({ trestle: { api: { pageSize: 1000 } } });
    expect(lines(readFileSync(path, 'utf8'))).toBe(lines(read('.env.example')));
  });

  test('promise 19: only the owner may read the file', () => {
    expect(statSync(reread().path).mode & 0o777).toBe(0o600);
  });

  test('never overwrites a file', () => {
    const { path } = reread();
    writeFileSync(path, 'mine');
    expect(() => writeEnvFile(path, read('.env.example'), new Map())).toThrow(UsageError);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('throws a ConfigError if the file cannot be written', () => {
    const path = join(temporaryFolder(), 'none', '.env');
    expect(() => writeEnvFile(path, '', new Map())).toThrow(ConfigError);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    'plain-1.2/3:4@5',
    'with # in it',
    ' at its ends ',
    "it's",
    'say "no"',
    '`and` \'all\' "three"',
    String.raw`back\slash\n`,
    String.raw`ends in \ `.trim(),
    '$HOME ${HOME}',
    "$& $1 $'",
    '=',
    'ünï©ode 🏠',
  ])('stores the password %j unchanged, or refuses it', (password) => {
    if (formatAssignment('MYSQL_PASSWORD', password) === undefined) {
      expect(() => reread({ MYSQL_PASSWORD: password })).toThrow(UsageError);
      expect(password).toMatch(/['"`].*['"`]|\\/);
    } else {
      expect(reread({ MYSQL_PASSWORD: password }).config.mysql.password).toBe(password);
    }
  });

  test('stores any line of text unchanged, or refuses it', () => {
    const typed = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
    const property = fc.property(typed, (text) => {
      if (text.trim() === '' || formatAssignment('MYSQL_PASSWORD', text) === undefined) return;
      expect(reread({ MYSQL_PASSWORD: text }).config.mysql.password).toBe(text);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('refuses a text that no quotes can hold', () => {
    expect(formatAssignment('A', `#'"\``)).toBeUndefined();
  });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, '.env');
}

describe('findConflicts', () => {
  const own: ExclusiveSettings = {
    host: '127.0.0.1',
    port: 3306,
    socket: undefined,
    database: 'homes',
    user: '',
    password: '',
    tls: undefined,
    stateDir: '/srv/state',
    logDir: '/srv/logs',
    metricsFile: undefined,
  };

  test('reports the same database on the same server', () => {
    const file = folderWith({
      '.env': 'MYSQL_DATABASE=homes\n',
      '.env.east': 'MYSQL_DATABASE=homes\n',
      '.env.local': 'MYSQL_DATABASE=homes\nMYSQL_HOST=LOCALHOST\n',
      '.env.empty': 'MYSQL_DATABASE=homes\nMYSQL_HOST=\nMYSQL_PORT=" "\nMYSQL_SOCKET=\n',
      '.env.port': 'MYSQL_DATABASE=homes\nMYSQL_PORT=3307\n',
      '.env.socket': 'MYSQL_DATABASE=homes\nMYSQL_SOCKET=/run/other.sock\n',
      '.env.west': 'MYSQL_DATABASE=west\n',
      '.env.example': 'MYSQL_DATABASE=homes\n',
      'other.env': 'MYSQL_DATABASE=homes\n',
    });
    const all = ['.env.east', '.env.empty', '.env.local'];
    const found = (more: Partial<ExclusiveSettings>): string[] =>
      findConflicts(file, { ...own, ...more })
        .map(({ name, shares }) => `${name} ${shares.join()}`)
        .toSorted();
    expect(found({})).toEqual(all.map((name) => `${name} MYSQL_DATABASE`));
    expect(found({ host: 'localhost' })).toEqual(found({}));
    expect(found({ socket: '/run/other.sock', port: 1 })).toEqual(['.env.socket MYSQL_DATABASE']);
  });

  test('compares folders and files by their resolved paths', () => {
    const file = folderWith({
      '.env': '',
      '.env.east': 'STATE_DIR=./state/../state/\n',
      '.env.west': 'LOG_DIR=logs\nSTATE_DIR=\nMETRICS_FILE=west.prom\n',
      '.env.north': 'METRICS_FILE=etl.prom\n',
    });
    const folder = join(file, '..');
    const here = { stateDir: join(folder, 'state'), logDir: join(folder, 'logs') };
    expect(findConflicts(file, { ...own, ...here, metricsFile: join(folder, 'etl.prom') })).toEqual([
      { name: '.env.east', shares: ['STATE_DIR'] },
      { name: '.env.north', shares: ['METRICS_FILE'] },
      { name: '.env.west', shares: ['LOG_DIR'] },
    ]);
    // The folders of a profile, and those of the file without a name.
    const east = { stateDir: join(folder, 'state/west'), logDir: join(folder, 'logs/north') };
    expect(findConflicts(`${file}.east`, { ...own, ...east })).toEqual([
      { name: '.env.north', shares: ['LOG_DIR'] },
      { name: '.env.west', shares: ['STATE_DIR'] },
    ]);
    expect(findConflicts(`${file}.east`, { ...own, ...here })).toEqual([
      { name: '.env', shares: ['STATE_DIR', 'LOG_DIR'] },
      { name: '.env.west', shares: ['LOG_DIR'] },
    ]);
  });

  test('ignores folders', () => {
    const file = folderWith({ '.env': 'MYSQL_DATABASE=homes\n' });
    mkdirSync(`${file}.east`);
    expect(findConflicts(file, own)).toEqual([]);
  });
});

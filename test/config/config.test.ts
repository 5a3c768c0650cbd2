import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { composeVariables } from '../../src/config/compose.ts';
import { type Config, loadConfig, readConfig } from '../../src/config/config.ts';
import { formatDefault, findProblem } from '../../src/config/variable.ts';
import { ConfigError } from '../../src/errors.ts';
import { registry } from '../../src/sources/registry.ts';
import type { TrestleSettings } from '../../src/sources/trestle/settings.ts';
import { createAuthority } from '../helpers/certificates.ts';

const KNOWN = registry;
const NEEDED = {
  TRESTLE_CLIENT_ID: 'me',
  TRESTLE_CLIENT_SECRET: 'geheim',
  MYSQL_DATABASE: 'homes',
  MYSQL_USER: 'etl',
};

const CA = createAuthority('Authority').certificate;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cwd = (): string => folder;

/** Loads a .env file with these lines in this environment. */
function load(file: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): Config {
  const path = join(folder, '.env');
  writeFileSync(
    path,
    Object.entries(file)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return loadConfig(KNOWN, { envFile: path, cwd }, env);
}

function readHint(env: NodeJS.ProcessEnv): string {
  return readConfig(KNOWN, { cwd }, env).hint;
}

test('an empty folder, and a database alone, get the next command as advice', () => {
  expect(readHint({})).toMatch(/trestle-etl init.*sources\.yaml/);
  expect(readHint({ TRESTLE_CLIENT_ID: 'me' })).toMatch(/^(?!.*sources\.yaml).*trestle-etl init/);
  writeFileSync(join(folder, '.env'), 'MYSQL_DATABASE=homes\nMYSQL_USER=etl\n');
  expect(readHint({})).toMatch(/^(?!.*trestle-etl init).*sources\.yaml.*docs\/items\.md/);
});

function refused(file: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): string {
  try {
    load(file, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 78 });
    return (error as Error).message;
  }
  return 'was taken';
}

/** Returns the settings of the feed. */
const feedOf = (config: Config): TrestleSettings => config.sources['trestle'] as TrestleSettings;

const at = (url: string): string => feedOf(load({ ...NEEDED, TRESTLE_API_BASE_URL: url })).api.tokenUrl;

describe('a configuration', () => {
  test('needs four variables; the rest has defaults', () => {
    expect(load(NEEDED)).toEqual({
      sources: {
        trestle: {
          api: {
            baseUrl: 'https://api.cotality.com/trestle/odata',
            tokenUrl: 'https://api.cotality.com/trestle/oidc/connect/token',
            clientId: 'me',
            clientSecret: 'geheim',
            pageSize: 1000,
            maxRetries: 5,
            timeout: 120_000,
            deadline: 600_000,
            reservePercent: 10,
            maxWait: 3_900_000,
            prettyEnums: false,
          },
          childStrategy: 'auto',
          resources: ['Property', 'Media'],
          keepLookups: false,
          incrementalField: 'ModificationTimestamp',
          filters: { Property: undefined, Media: undefined },
          propertySelect: undefined,
        },
      },
      sourceSecrets: ['geheim'],
      mysql: {
        host: '127.0.0.1',
        port: 3306,
        socket: undefined,
        database: 'homes',
        user: 'etl',
        password: '',
        tls: undefined,
      },
      keepPayload: true,
      keepHistory: false,
      isStrict: false,
      batchSize: 100,
      overlap: 600_000,
      schemaAge: 86_400_000,
      media: {
        isOn: false,
        store: undefined,
        parallel: 6,
        minuteLimit: 480,
        maxBytes: 104_857_600,
        passMs: 600_000,
        keepDeletedMs: 604_800_000,
        changedBy: 'listing',
        sweepMaxPercent: 5,
        sizes: [],
      },
      serve: {
        host: '127.0.0.1',
        port: 8480,
        keys: [],
        names: [],
        origins: [],
        trustedProxies: [],
        rateLimit: 60,
        hasListings: false,
        listingColumns: [],
        disclaimer: undefined,
      },
      sourcesFile: undefined,
      added: [],
      maxDeletePercent: 5,
      stateDir: join(folder, 'state'),
      log: {
        dir: join(folder, 'logs'),
        level: 'info',
        maxBytes: 20_971_520,
        retentionDays: 14,
        retentionFiles: 30,
        format: undefined,
      },
      retention: { runDays: 400, deletedDays: undefined, historyDays: undefined },
      runRetries: 0,
      minFree: { disk: 104_857_600, memory: 104_857_600 },
      alerts: {
        email: undefined,
        webhook: undefined,
        repeat: 14_400_000,
        quotaPercent: 15,
        rejectPercent: 5,
        fieldPercent: 5,
        mediaFailedPercent: 5,
        maxAge: 43_200_000,
        diskFree: 1_073_741_824,
      },
      healthcheckUrl: undefined,
      proxies: { https: undefined, http: undefined, exempt: [] },
      metricsFile: undefined,
      cost: { per1000Calls: 0, monthlyFee: 0 },
    });
  });

  test('accepts each value in the usual notation', () => {
    writeFileSync(join(folder, 'ca.pem'), CA);
    const config = load({
      ...NEEDED,
      TRESTLE_API_BASE_URL: 'http://127.0.0.1:8080/trestle/odata///',
      TRESTLE_TOKEN_URL: 'http://127.0.0.1:8080/token',
      MYSQL_SSL: 'ON',
      MYSQL_SSL_CA: 'ca.pem',
      RESOURCES: 'Property',
      PAYLOAD: 'Off',
      REQUEST_TIMEOUT: '90s',
      SYNC_OVERLAP: '1h',
      PROPERTY_FILTER: "City eq 'Austin'",
      PROPERTY_SELECT: 'ListingKey, X_Own',
      LOG_MAX_SIZE: '500 KB',
      INCREMENTAL_FIELD: 'PhotosChangeTimestamp',
    });
    expect(config).toMatchObject({
      mysql: { tls: { ca: CA, checksName: true } },
      keepPayload: false,
      overlap: 3_600_000,
      log: { maxBytes: 512_000 },
    });
    expect(feedOf(config)).toMatchObject({
      api: {
        baseUrl: 'http://127.0.0.1:8080/trestle/odata',
        tokenUrl: 'http://127.0.0.1:8080/token',
        timeout: 90_000,
      },
      resources: ['Property'],
      filters: { Property: "City eq 'Austin'" },
      propertySelect: ['ListingKey', 'X_Own'],
      incrementalField: 'PhotosChangeTimestamp',
    });
  });

  test('the token’s address follows the API’s', () => {
    expect(at('https://api-prod.corelogic.com/trestle/odata/')).toBe(
      'https://api-prod.corelogic.com/trestle/oidc/connect/token',
    );
    expect(at('http://127.0.0.1:1/other')).toBe('http://127.0.0.1:1/other/oidc/connect/token');
  });

  test('TLS with the system’s own authorities needs no file', () => {
    expect(load({ ...NEEDED, MYSQL_SSL: 'on' }).mysql.tls).toEqual({ ca: undefined, checksName: true });
    expect(load({ ...NEEDED, MYSQL_SSL: 'verify-ca' }).mysql.tls).toEqual({
      ca: undefined,
      checksName: false,
    });
    expect(load({ ...NEEDED, MYSQL_SSL: 'off' }).mysql.tls).toBeUndefined();
  });

  test('the environment wins over the file', () => {
    const config = load({ ...NEEDED, MYSQL_USER: 'file', PAGE_SIZE: '10' }, { MYSQL_USER: 'environment' });
    expect([config.mysql.user, feedOf(config).api.pageSize]).toEqual(['environment', 10]);
  });

  test('a variable that is empty or blank is not set', () => {
    const config = load(
      { ...NEEDED, PAGE_SIZE: '', MYSQL_SOCKET: '"  "' },
      { PROPERTY_FILTER: '', MYSQL_SSL_CA: ' ' },
    );
    const { api, filters } = feedOf(config);
    expect([api.pageSize, config.mysql.socket, filters['Property'], config.mysql.tls]).toEqual([
      1000,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('paths are relative to their file; absolute ones are unchanged', () => {
    const config = load({ ...NEEDED, STATE_DIR: '../here/state', LOG_DIR: '/var/log/trestle' });
    expect([config.stateDir, config.log.dir]).toEqual([join(folder, '../here/state'), '/var/log/trestle']);
  });

  test('is deeply frozen', () => {
    const config = load(NEEDED);
    const { api, filters, resources } = feedOf(config);
    const parts = [config, config.sources, api, config.mysql, config.log, filters, resources];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });

  test('unknown variables in the environment are ignored', () => {
    expect(load(NEEDED, { HOME: '/root', MYSQL_USERNAME: 'x' })).toEqual(load(NEEDED));
  });
});

describe('a bad configuration', () => {
  test('promise 21: is refused with all problems at once: the variable, its value, its rule', () => {
    const message = refused({
      TRESTLE_CLIENT_ID: 'me',
      TRESTLE_API_BASE_URL: 'api.cotality.com',
      MYSQL_DATABASE: 'homes',
      MYSQL_PORT: '99999',
      PAGE_SIZE: '1001',
      REQUEST_TIMEOUT: 'soon',
      PAYLOAD: 'some',
      PROPERTY_SELECT: 'ListingKey,ListingKey',
      LOG_MAX_SIZE: '0m',
      LOG_LEVEL: 'loud',
    });
    expect(message).toMatch(/^the configuration has 10 problem\(s\): /);
    for (const part of [
      'TRESTLE_CLIENT_SECRET must be set',
      'MYSQL_USER must be set',
      'TRESTLE_API_BASE_URL is "api.cotality.com": must be an address that begins with https://',
      'MYSQL_PORT is "99999": must be a whole number from 1 to 65535',
      'PAGE_SIZE is "1001": must be a whole number from 1 to 1000',
      'REQUEST_TIMEOUT is "soon": must be a duration such as 90s, 10m, 2h or 1d',
      'PAYLOAD is "some": must be one of: full, off',
      'PROPERTY_SELECT is "ListingKey,ListingKey": must be names separated by commas, each once',
      'LOG_MAX_SIZE is "0m": must be a size such as 500k, 20m or 1g',
      'LOG_LEVEL is "loud": must be one of: debug, info, warn, error',
    ]) {
      expect(message).toContain(part);
    }
  });

  test('promise 21: conflicts between variables are reported too', () => {
    const message = refused({
      ...NEEDED,
      RESOURCES: 'Property,Offices',
      INCREMENTAL_FIELD: 'ListPrice',
      MYSQL_SSL: 'off',
      MYSQL_SSL_CA: 'none.pem',
    });
    expect(message).toContain('has 4 problem(s)');
    expect(message).toContain('RESOURCES names Offices: must be of Property, Media, OpenHouse');
    expect(message).toMatch(
      /INCREMENTAL_FIELD is "ListPrice": must be of PhotosChangeTimestamp, (\w+, )*ModificationTimestamp;/,
    );
    expect(message).toContain('MYSQL_SSL_CA is "none.pem": there is no such file');
    expect(message).toContain('MYSQL_SSL is "off" while MYSQL_SSL_CA is set');
  });

  test.each([
    ['a text', 'this is no certificate\n'],
    ['a damaged certificate', CA.replace(/\n\w{9}/, '\n')],
  ])('promise 21: MYSQL_SSL_CA with only %s is refused', (_, text) => {
    writeFileSync(join(folder, 'ca.pem'), text);
    expect(refused({ ...NEEDED, MYSQL_SSL_CA: 'ca.pem' })).toContain(
      'MYSQL_SSL_CA is "ca.pem": it has no certificate',
    );
  });

  test('promise 21: no secret is in the message, regardless of the problem', () => {
    const message = refused({ ...NEEDED, MYSQL_PASSWORD: 'hunter2', PAGE_SIZE: '0', MYSQL_PORT: 'x' });
    expect(message).toContain('PAGE_SIZE is "0"');
    expect(message).not.toMatch(/geheim|hunter2/);
  });

  test.each(['-1', '1.5', '1e3', '0x10', ' 10', 'ten', '99999999999999999999'])(
    'PAGE_SIZE=%j is no whole number in bounds',
    (value) => {
      expect(refused(NEEDED, { PAGE_SIZE: value })).toContain(`PAGE_SIZE is "${value}"`);
    },
  );

  test('a timeout that no answer can meet is reported', () => {
    expect(refused({ ...NEEDED, REQUEST_TIMEOUT: '0' })).toContain(
      'REQUEST_TIMEOUT is "0": must be from 100ms to 1h',
    );
  });

  test.each(['ftp://x/', '//x', 'https://', 'javascript:1', 'https://a b/'])('%j is no address', (value) => {
    expect(refused(NEEDED, { TRESTLE_API_BASE_URL: value })).toContain('TRESTLE_API_BASE_URL is');
  });

  test('a missing named file is reported', () => {
    expect(() => loadConfig(KNOWN, { envFile: join(folder, 'none.env'), cwd }, NEEDED)).toThrow(
      `there is no file ${join(folder, 'none.env')}`,
    );
  });

  test('MYSQL_SSL_CA is relative to the file', () => {
    mkdirSync(join(folder, 'tls'));
    writeFileSync(join(folder, 'tls', 'ca.pem'), CA);
    expect(load({ ...NEEDED, MYSQL_SSL_CA: 'tls/ca.pem' }).mysql.tls?.ca).toBe(CA);
  });

  test('promise 21: an unknown resource is reported together with a missing variable', () => {
    const message = refused({ ...NEEDED, MYSQL_USER: '', RESOURCES: 'Offices' });
    expect(message).toContain('MYSQL_USER');
    expect(message).toContain('RESOURCES names Offices');
  });

  test('an empty variable in the environment does not hide the one in the file', () => {
    expect(load(NEEDED, { MYSQL_USER: '' }).mysql.user).toBe('etl');
  });
});

const write = (name: string, more = ''): void => {
  const lines = Object.entries(NEEDED).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(folder, name), lines.join('') + more);
};

const west = (env: NodeJS.ProcessEnv = {}): Config => loadConfig(KNOWN, { profile: 'west', cwd }, env);

describe('a profile', () => {
  test('reads .env.NAME in the working directory, with separate state and logs', () => {
    write('.env', 'PAGE_SIZE=10\n');
    write('.env.west', 'PAGE_SIZE=20\n');
    expect(west()).toMatchObject({
      profile: 'west',
      sources: { trestle: { api: { pageSize: 20 } } },
      stateDir: join(folder, 'state/west'),
      log: { dir: join(folder, 'logs/west') },
    });
    expect(loadConfig(KNOWN, { cwd }, {})).toMatchObject({
      profile: undefined,
      stateDir: join(folder, 'state'),
      log: { dir: join(folder, 'logs') },
    });
  });

  test('uses the folders in its file or in the environment', () => {
    write('.env.west', 'STATE_DIR=/var/lib/west\n');
    expect(west({ LOG_DIR: '/var/log/west' })).toMatchObject({
      stateDir: '/var/lib/west',
      log: { dir: '/var/log/west' },
    });
  });

  test('requires its file: the environment is not enough, and .env is not read instead', () => {
    write('.env');
    expect(() => west(NEEDED)).toThrow(`there is no file ${join(folder, '.env.west')}`);
  });
});

const look = (text: string, env: NodeJS.ProcessEnv = {}) => {
  const path = join(folder, '.env');
  writeFileSync(path, text);
  return readConfig(KNOWN, { envFile: path, cwd }, env);
};

describe('readConfig', () => {
  test('promise 21: returns each problem separately', () => {
    const { config, problems } = look('TRESTLE_CLIENT_ID=me\nPAGE_SIZE=0\n', NEEDED);
    expect(config).toBeUndefined();
    expect(problems).toEqual(['PAGE_SIZE is "0": must be a whole number from 1 to 1000']);
  });

  test('returns the variables that the environment overrides with another value', () => {
    const { config, overridden } = look('MYSQL_USER=a\nMYSQL_DATABASE=homes\nPAGE_SIZE=5\n', NEEDED);
    expect(config?.mysql.user).toBe('etl');
    expect(overridden).toEqual(['MYSQL_USER']);
  });
});

describe('a single value', () => {
  const { variables } = composeVariables(KNOWN);

  test.each([
    ['MYSQL_PORT', '3307', undefined],
    ['MYSQL_PORT', '', undefined],
    ['MYSQL_PORT', 'x', 'must be a whole number from 1 to 65535'],
    ['MYSQL_USER', '  ', 'must be set'],
  ] as const)('%s=%j: %s', (name, text, problem) => {
    expect(findProblem(variables, name, text)).toBe(problem);
  });

  test('has its default as text, or none', () => {
    expect([
      formatDefault(variables, 'MYSQL_PORT'),
      formatDefault(variables, 'MYSQL_USER'),
      formatDefault(variables, 'MYSQL_SOCKET'),
    ]).toEqual(['3306', '', '']);
  });
});

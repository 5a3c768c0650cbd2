import { join, resolve } from 'node:path';
import fc from 'fast-check';
import type { Config } from '../../src/config/config.ts';
import type { commonVariables } from '../../src/config/variables.ts';
import type { TrestleSettings } from '../../src/sources/trestle/settings.ts';
import type { variables } from '../../src/sources/trestle/variables.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { anyText } from './arbitraries.ts';

const authority = createAuthority('Authority');
const client = authority.issue(['client']);

/** What the files of MYSQL_SSL_CA, MYSQL_SSL_CERT and MYSQL_SSL_KEY contain. */
export const TLS_FILES = {
  'ca.pem': authority.certificate,
  'client-cert.pem': client.certificate,
  'client-key.pem': client.key,
};

export type Name = keyof typeof variables | keyof typeof commonVariables;

/** A value as a person writes it, and what it means. */
export type Meant = { readonly text: string; readonly means: unknown };

/** What a test knows of a variable, apart from src/config and src/sources. */
export type Setting = {
  readonly good: fc.Arbitrary<Meant>;
  /** Texts that must be refused; none where any text is good. */
  readonly bad?: fc.Arbitrary<string>;
  /** What holds where it is not set; `needed` where it has to be. */
  readonly preset: unknown;
  /** Where it stands in the configuration, whose settings of the feed are beside the common ones. */
  readonly read: (config: Config & TrestleSettings, folder: string) => unknown;
};

function tlsFile(name: keyof typeof TLS_FILES): Omit<Setting, 'read'> {
  return {
    good: fc.constant({ text: name, means: TLS_FILES[name] }),
    bad: fc.constantFrom('nowhere.pem', '/no/such/folder/ca.pem'),
    preset: undefined,
  };
}

/** What RESOURCES may name, and some that INCREMENTAL_FIELD may name. */
const known = {
  resources: [
    'Property',
    'Media',
    'OpenHouse',
    'PropertyRooms',
    'PropertyUnitTypes',
    'CustomProperty',
    'Office',
    'Member',
    'Teams',
    'TeamMembers',
  ],
  cursors: ['ModificationTimestamp', 'PhotosChangeTimestamp', 'PriceChangeTimestamp'],
};

export const needed = Symbol('needed');

/** Any text that is something: blanks alone mean that a variable is not set. */
const someText = anyText.filter((text) => text.trim() !== '' && !/\0/.test(text));
const plainText: fc.Arbitrary<Meant> = someText.map((text) => ({ text, means: text }));
const junk = fc.constantFrom(
  'nonsense',
  '-1',
  '1.5',
  '0x10',
  '9999999999',
  '12 potatoes',
  '١',
  'NaN',
  '1e2',
  ',',
);

function whole(least: number, most: number): Pick<Setting, 'good' | 'bad'> {
  return {
    good: fc.tuple(fc.integer({ min: least, max: most }), fc.constantFrom('', '0')).map(([number, zero]) => ({
      text: `${zero}${number}`,
      means: number,
    })),
    bad: fc.oneof(junk, fc.constantFrom(least - 1, most + 1).map(String)),
  };
}

const UNITS: readonly (readonly [string, number])[] = [
  ['', 1000],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
];

function duration(least = 0, most = Infinity): Pick<Setting, 'good' | 'bad'> {
  const good = fc
    .tuple(fc.nat(5000), fc.constantFrom(...UNITS))
    .map(([number, [unit, ms]]) => ({ text: `${number}${unit}`, means: number * ms }))
    .filter(({ means }) => means >= least && means <= most);
  const outside = [...(least > 0 ? [`${least - 1}ms`] : []), ...(most < Infinity ? [`${most + 1}ms`] : [])];
  return { good, bad: fc.constantFrom('soon', '10 minutes', '-5m', '1h30', 'm', ...outside) };
}

/** `20m`, as text or in bytes. */
function size(print: (number: number, unit: 'k' | 'm' | 'g') => unknown): Pick<Setting, 'good' | 'bad'> {
  return {
    good: fc
      .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom<'k' | 'm' | 'g'>('k', 'm', 'g'), fc.nat(3))
      .map(([number, unit, form]) => ({
        text: [
          `${number}${unit}`,
          `${number}${unit.toUpperCase()}`,
          `${number} ${unit}`,
          `${number}${unit}b`,
        ][form]!,
        means: print(number, unit),
      })),
    bad: fc.constantFrom('20', '0m', '1.5g', 'm', '20t', '-1k', 'much'),
  };
}

const bytes = size((number, unit) => number * { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit]);

function oneOf(...values: readonly string[]): Pick<Setting, 'good' | 'bad'> {
  return {
    good: fc.tuple(fc.constantFrom(...values), fc.boolean()).map(([value, isLoud]) => ({
      text: isLoud ? value.toUpperCase() : value,
      means: value,
    })),
    bad: fc.constantFrom('maybe', `${values[0]}x`, values.join(',')),
  };
}

const address = fc.oneof(
  fc.webUrl({ validSchemes: ['https'] }),
  fc.integer({ min: 1, max: 65_535 }).map((port) => `http://127.0.0.1:${port}/trestle/odata`),
  fc.constantFrom(
    'https://api.example.com/trestle/odata',
    'http://localhost/odata',
    'https://[::1]:8080/x/odata',
  ),
);
const url: Pick<Setting, 'good' | 'bad'> = {
  good: fc.tuple(address, fc.constantFrom('', '/', '//')).map(([text, end]) => ({
    text: text + end,
    means: text.replace(/\/+$/, ''),
  })),
  bad: fc.constantFrom(
    'http://example.com/odata',
    'ftp://example.com',
    'api.example.com/odata',
    'https://api.example.com/odata?a=1',
    'https://api.example.com/odata#x',
    'https://me@api.example.com/odata',
    'https://',
  ),
};

const names = (from: fc.Arbitrary<string[]>): fc.Arbitrary<Meant> =>
  fc
    .tuple(from, fc.constantFrom(',', ', ', ' ,'))
    .map(([list, comma]) => ({ text: list.join(comma), means: list }));

/** Text that is found again wherever it gets. */
const marked = fc.stringMatching(/^[0-9a-f]{20}$/).map((text) => `hush${text}`);
const secret: fc.Arbitrary<Meant> = fc
  .tuple(marked, fc.constantFrom('', ' ', 'é', "'", '#', '$', '\\'))
  .map(([text, more]) => ({ text: `${text}${more}${text}`, means: `${text}${more}${text}` }));
const hook: Pick<Setting, 'good' | 'bad'> = {
  good: fc.tuple(fc.constantFrom('http', 'https'), marked).map(([scheme, token]) => {
    const text = `${scheme}://hooks.example.com/services/${token}?t=1`;
    return { text, means: text };
  }),
  bad: marked.map((text) => `hooks/${text}`),
};
const proxy: Pick<Setting, 'good' | 'bad'> = {
  good: marked.map((word) => {
    const text = `http://me:${word}@proxy.example.com:3128`;
    return { text, means: text };
  }),
  bad: marked.map((word) => `socks5://me:${word}@proxy.example.com`),
};
const mail = fc.constantFrom('ops@example.com', 'a.b+c@mail.example.org', 'root@localhost');
const money: Pick<Setting, 'good' | 'bad'> = {
  good: fc.tuple(fc.nat(999_999), fc.nat(99)).map(([all, cents]) => ({
    text: `${all}.${String(cents).padStart(2, '0')}`,
    means: (all * 100 + cents) / 100,
  })),
  bad: fc.constantFrom('1,50', '-3', 'much', '$5', '1e3', '.5'),
};
const path: fc.Arbitrary<Meant> = fc
  .constantFrom('state', './here/and/there', '../beside', '/var/lib/trestle-etl', 'with space')
  .map((text) => ({ text, means: text }));

/** A path of the configuration as it was written: it is relative to the folder of the file. */
function written(found: string | undefined, folder: string): unknown {
  const texts = ['state', 'logs', './here/and/there', '../beside', '/var/lib/trestle-etl', 'with space'];
  return found === undefined ? undefined : texts.find((text) => resolve(folder, text) === found);
}

function unlessEmpty(list: readonly unknown[]): unknown {
  return list.length === 0 ? undefined : list;
}

/** A file without a source in it. */
const NO_SOURCES = join(import.meta.dirname, 'sources.yaml');

export const settings: Readonly<Record<Name, Setting>> = {
  TRESTLE_CLIENT_ID: { good: plainText, preset: needed, read: ({ api }) => api.clientId },
  TRESTLE_CLIENT_SECRET: { good: secret, preset: needed, read: ({ api }) => api.clientSecret },
  TRESTLE_API_BASE_URL: {
    ...url,
    preset: 'https://api.cotality.com/trestle/odata',
    read: ({ api }) => api.baseUrl,
  },
  // Where it is not set it follows from the address of the API.
  TRESTLE_TOKEN_URL: { ...url, preset: undefined, read: ({ api }) => api.tokenUrl },
  HTTPS_PROXY: { ...proxy, preset: undefined, read: ({ proxies }) => proxies.https },
  HTTP_PROXY: { ...proxy, preset: undefined, read: ({ proxies }) => proxies.http },
  NO_PROXY: {
    good: names(fc.constantFrom(['localhost'], ['.example.com', '10.0.0.0/8'], ['*'])),
    preset: undefined,
    read: ({ proxies }) => (proxies.exempt.length === 0 ? undefined : proxies.exempt),
  },
  // The first host has no port, so that MYSQL_PORT applies to it.
  MYSQL_HOST: {
    good: fc.constantFrom(
      { text: 'db1', means: ['db1'] },
      { text: 'db1, db2:3307', means: ['db1', 'db2'] },
      { text: '2001:db8::1,[2001:db8::2]:3308', means: ['2001:db8::1', '2001:db8::2'] },
    ),
    bad: fc.constantFrom('db1,', 'db1 db2', 'db1,db1', 'db1:0', 'db1:70000', '[::1'),
    preset: ['127.0.0.1'],
    read: ({ mysql: { host, otherHosts = [] } }) => [host, ...otherHosts.map((each) => each.host)],
  },
  MYSQL_PORT: { ...whole(1, 65_535), preset: 3306, read: ({ mysql }) => mysql.port },
  MYSQL_SOCKET: { good: plainText, preset: undefined, read: ({ mysql }) => mysql.socket },
  MYSQL_DATABASE: { good: plainText, preset: needed, read: ({ mysql }) => mysql.database },
  MYSQL_USER: { good: plainText, preset: needed, read: ({ mysql }) => mysql.user },
  MYSQL_PASSWORD: { good: secret, preset: '', read: ({ mysql }) => mysql.password },
  MYSQL_SSL: {
    ...oneOf('on', 'verify-ca'),
    preset: undefined,
    read: ({ mysql }) => mysql.tls && (mysql.tls.checksName ? 'on' : 'verify-ca'),
  },
  MYSQL_SSL_CA: {
    ...tlsFile('ca.pem'),
    read: ({ mysql }) => mysql.tls?.ca,
  },
  MYSQL_SSL_CERT: {
    ...tlsFile('client-cert.pem'),
    read: ({ mysql }) => mysql.tls?.client?.certificate,
  },
  MYSQL_SSL_KEY: {
    ...tlsFile('client-key.pem'),
    read: ({ mysql }) => mysql.tls?.client?.key,
  },
  RESOURCES: {
    good: fc.oneof(
      names(fc.shuffledSubarray(known.resources, { minLength: 1 })),
      fc.constant({ text: 'all', means: known.resources }),
    ),
    bad: fc.constantFrom(
      'Property,Property',
      'Offices',
      'Lookup',
      'Property;Media',
      ',',
      'Property,',
      'all,Property',
      'ALL',
    ),
    preset: ['Property', 'Media'],
    read: (config) => config.resources,
  },
  LOOKUPS: {
    ...oneOf('on', 'off'),
    preset: 'off',
    read: (config) => (config.keepLookups ? 'on' : 'off'),
  },
  PAYLOAD: {
    ...oneOf('full', 'off'),
    preset: 'full',
    read: (config) => (config.keepPayload ? 'full' : 'off'),
  },
  HISTORY: { ...oneOf('off', 'on'), preset: 'off', read: (config) => (config.keepHistory ? 'on' : 'off') },
  STRICT_FIELDS: { ...oneOf('on', 'off'), preset: 'off', read: (config) => (config.isStrict ? 'on' : 'off') },
  PRETTY_ENUMS: {
    ...oneOf('on', 'off'),
    preset: 'off',
    read: ({ api }) => (api.prettyEnums ? 'on' : 'off'),
  },
  PAGE_SIZE: { ...whole(1, 1000), preset: 1000, read: ({ api }) => api.pageSize },
  MEDIA_STRATEGY: {
    ...oneOf('auto', 'resource', 'expand'),
    preset: 'auto',
    read: ({ childStrategy }) => childStrategy,
  },
  BATCH_SIZE: { ...whole(1, 1000), preset: 100, read: (config) => config.batchSize },
  MAX_RETRIES: { ...whole(0, 20), preset: 5, read: ({ api }) => api.maxRetries },
  REQUEST_TIMEOUT: { ...duration(100, 3_600_000), preset: 120_000, read: ({ api }) => api.timeout },
  RETRY_DEADLINE: { ...duration(), preset: 600_000, read: ({ api }) => api.deadline },
  INCREMENTAL_FIELD: {
    good: fc.constantFrom(...known.cursors).map((text) => ({ text, means: text })),
    bad: fc.constantFrom('ListPrice', 'modificationtimestamp', 'nonsense'),
    preset: 'ModificationTimestamp',
    read: (config) => config.incrementalField,
  },
  SYNC_OVERLAP: { ...duration(), preset: 600_000, read: (config) => config.overlap },
  METADATA_MAX_AGE: { ...duration(), preset: 86_400_000, read: (config) => config.schemaAge },
  PROPERTY_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['Property'] },
  MEDIA_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['Media'] },
  OPEN_HOUSE_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['OpenHouse'] },
  PROPERTY_ROOMS_FILTER: {
    good: plainText,
    preset: undefined,
    read: ({ filters }) => filters['PropertyRooms'],
  },
  PROPERTY_UNIT_TYPES_FILTER: {
    good: plainText,
    preset: undefined,
    read: ({ filters }) => filters['PropertyUnitTypes'],
  },
  OFFICE_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['Office'] },
  MEMBER_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['Member'] },
  TEAMS_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['Teams'] },
  TEAM_MEMBERS_FILTER: { good: plainText, preset: undefined, read: ({ filters }) => filters['TeamMembers'] },
  PROPERTY_SELECT: {
    good: names(fc.uniqueArray(fc.constantFrom('City', 'ListPrice', 'X_Own', 'YearBuilt'), { minLength: 1 })),
    bad: fc.constantFrom('City ListPrice', 'City,City', '1st', 'City,,ListPrice', '$all'),
    preset: undefined,
    read: (config) => config.propertySelect,
  },
  FIELDS_FILE: {
    good: path,
    preset: undefined,
    read: (config, folder) => written(config.fieldsFile, folder),
  },
  SOURCES_FILE: {
    good: fc.constant({ text: NO_SOURCES, means: NO_SOURCES }),
    preset: undefined,
    read: (config) => config.sourcesFile,
  },
  QUOTA_RESERVE_PERCENT: { ...whole(0, 90), preset: 10, read: ({ api }) => api.reservePercent },
  QUOTA_MAX_WAIT: { ...duration(), preset: 3_900_000, read: ({ api }) => api.maxWait },
  RUN_RETENTION_DAYS: { ...whole(31, 36_500), preset: 400, read: ({ retention }) => retention.runDays },
  DELETED_RETENTION_DAYS: {
    ...whole(1, 36_500),
    preset: undefined,
    read: ({ retention }) => retention.deletedDays,
  },
  HISTORY_RETENTION_DAYS: {
    ...whole(1, 36_500),
    preset: undefined,
    read: ({ retention }) => retention.historyDays,
  },
  RECONCILE_MAX_DELETE_PERCENT: { ...whole(0, 100), preset: 5, read: (config) => config.maxDeletePercent },
  STATE_DIR: { good: path, preset: 'state', read: (config, folder) => written(config.stateDir, folder) },
  LOG_DIR: { good: path, preset: 'logs', read: ({ log }, folder) => written(log.dir, folder) },
  LOG_LEVEL: { ...oneOf('debug', 'info', 'warn', 'error'), preset: 'info', read: ({ log }) => log.level },
  LOG_MAX_SIZE: { ...bytes, preset: 20 * 2 ** 20, read: ({ log }) => log.maxBytes },
  LOG_RETENTION_DAYS: { ...whole(1, 3650), preset: 14, read: ({ log }) => log.retentionDays },
  LOG_RETENTION_FILES: { ...whole(1, 1000), preset: 30, read: ({ log }) => log.retentionFiles },
  LOG_FORMAT: { ...oneOf('pretty', 'json'), preset: undefined, read: ({ log }) => log.format },
  RUN_RETRIES: { ...whole(0, 10), preset: 0, read: (config) => config.runRetries },
  MIN_DISK_FREE: { ...bytes, preset: 100 * 2 ** 20, read: ({ minFree }) => minFree.disk },
  MIN_MEMORY_FREE: { ...bytes, preset: 100 * 2 ** 20, read: ({ minFree }) => minFree.memory },
  ALERT_EMAIL_TO: {
    good: names(fc.array(mail, { minLength: 1, maxLength: 3 })),
    bad: fc.constantFrom('nobody', 'a@b@c', 'a@b,', '<a@b>', 'a b@c'),
    preset: undefined,
    read: ({ alerts }) => alerts.email?.to,
  },
  ALERT_EMAIL_FROM: {
    good: mail.map((text) => ({ text, means: text })),
    bad: fc.constantFrom('nobody', 'a@b,c@d', '"A" <a@b>'),
    preset: undefined,
    read: ({ alerts }) => alerts.email?.from,
  },
  SMTP_URL: {
    good: fc.tuple(fc.constantFrom('smtp', 'smtps'), marked).map(([scheme, word]) => {
      const text = `${scheme}://me:${word}@mail.example.com:587`;
      return { text, means: text };
    }),
    bad: marked.map((text) => `http://me:${text}@mail.example.com`),
    preset: undefined,
    read: ({ alerts }) => alerts.email?.smtpUrl,
  },
  ALERT_WEBHOOK_URL: { ...hook, preset: undefined, read: ({ alerts }) => alerts.webhook?.url },
  ALERT_WEBHOOK_FORMAT: {
    ...oneOf('json', 'slack'),
    preset: 'json',
    // Without an address nothing has a form.
    read: ({ alerts }) => alerts.webhook?.format,
  },
  ALERT_REPEAT: { ...duration(), preset: 14_400_000, read: ({ alerts }) => alerts.repeat },
  ALERT_QUOTA_PERCENT: { ...whole(0, 100), preset: 15, read: ({ alerts }) => alerts.quotaPercent },
  ALERT_REJECT_PERCENT: { ...whole(0, 100), preset: 5, read: ({ alerts }) => alerts.rejectPercent },
  ALERT_FIELD_PERCENT: { ...whole(0, 100), preset: 5, read: ({ alerts }) => alerts.fieldPercent },
  ALERT_MAX_AGE: { ...duration(), preset: 43_200_000, read: ({ alerts }) => alerts.maxAge },
  ALERT_MEDIA_FAILED_PERCENT: {
    ...whole(0, 100),
    preset: 5,
    read: ({ alerts }) => alerts.mediaFailedPercent,
  },
  ALERT_DISK_FREE: { ...bytes, preset: 2 ** 30, read: ({ alerts }) => alerts.diskFree },
  HEALTHCHECK_URL: { ...hook, preset: undefined, read: (config) => config.healthcheckUrl },
  // Alone it lacks MEDIA_STORE: test/config/media.test.ts switches it on.
  MEDIA_FILES: {
    ...oneOf('off'),
    bad: fc.constantFrom('maybe', 'offx', 'on,off'),
    preset: 'off',
    read: ({ media }) => (media.isOn ? 'on' : 'off'),
  },
  MEDIA_STORE: {
    good: fc.oneof(path, fc.constant({ text: 's3://bucket/photos', means: 's3://bucket/photos' })),
    preset: undefined,
    read: ({ media }, folder) =>
      media.store?.startsWith('s3:') === true ? media.store : written(media.store, folder),
  },
  MEDIA_PARALLEL: { ...whole(1, 64), preset: 6, read: ({ media }) => media.parallel },
  MEDIA_MINUTE_LIMIT: { ...whole(1, 100_000), preset: 480, read: ({ media }) => media.minuteLimit },
  MEDIA_MAX_SIZE: { ...bytes, preset: 100 * 2 ** 20, read: ({ media }) => media.maxBytes },
  MEDIA_PASS_MINUTES: { ...whole(1, 10_080), preset: 10, read: ({ media }) => media.passMs / 60_000 },
  MEDIA_KEEP_DELETED: { ...duration(), preset: 604_800_000, read: ({ media }) => media.keepDeletedMs },
  MEDIA_CHANGED_BY: { ...oneOf('listing', 'media'), preset: 'listing', read: ({ media }) => media.changedBy },
  MEDIA_SWEEP_MAX_PERCENT: { ...whole(0, 100), preset: 5, read: ({ media }) => media.sweepMaxPercent },
  MEDIA_SIZES: {
    good: fc.constantFrom(
      { text: '320', means: [320] },
      { text: '1280, 320', means: [320, 1280] },
      { text: '10,9999', means: [10, 9999] },
    ),
    bad: fc.constantFrom('320,320', '5', '10000', '320;640', 'small', '0320'),
    preset: undefined,
    read: ({ media }) => (media.sizes.length === 0 ? undefined : media.sizes),
  },
  SERVE_HOST: {
    good: fc
      .constantFrom('127.0.0.1', '0.0.0.0', '::1', 'db1.internal')
      .map((text): Meant => ({ text, means: text }))
      .chain((plain) =>
        fc.constantFrom(plain, { text: '[::1]', means: '::1' }, { text: 'LocalHost', means: 'localhost' }),
      ),
    preset: '127.0.0.1',
    read: ({ serve }) => serve.host,
  },
  SERVE_PORT: { ...whole(0, 65_535), preset: 8480, read: ({ serve }) => serve.port },
  SERVE_KEYS: {
    good: fc
      .tuple(marked, fc.constantFrom('', ',', ' , '))
      .map(([key, end]) => ({ text: `site:${key}${end}`, means: [{ name: 'site', key }] })),
    bad: fc.constantFrom(
      'site',
      'site:short',
      'a:0123456789abcdef,a:0123456789abcdeg',
      'a:0123456789abcdef,b:0123456789abcdef',
      ':0123456789abcdef',
      ',',
    ),
    preset: undefined,
    read: ({ serve }) => unlessEmpty(serve.keys),
  },
  SERVE_NAMES: {
    good: fc.constantFrom(
      { text: 'data.example.com', means: ['data.example.com'] },
      { text: 'Data.example.com, box', means: ['data.example.com', 'box'] },
      { text: '[2001:DB8::1], 2001:db8:0::2,', means: ['[2001:db8::1]', '[2001:db8::2]'] },
    ),
    bad: fc.constantFrom(
      'https://data.example.com',
      'data.example.com:8480',
      'a b',
      '.com',
      '[abc]',
      ',',
      '[::1]:80',
    ),
    preset: undefined,
    read: ({ serve }) => unlessEmpty(serve.names),
  },
  SERVE_ORIGINS: {
    good: fc.constantFrom(
      { text: 'https://www.example.com', means: ['https://www.example.com'] },
      { text: 'https://a.example, http://b.example:81', means: ['https://a.example', 'http://b.example:81'] },
    ),
    bad: fc.constantFrom('*', 'www.example.com', 'https://www.example.com/', 'null'),
    preset: undefined,
    read: ({ serve }) => unlessEmpty(serve.origins),
  },
  SERVE_TRUST_PROXY: {
    good: fc.constantFrom(
      { text: '127.0.0.1', means: ['127.0.0.1'] },
      { text: '10.0.0.0/8, ::1', means: ['10.0.0.0/8', '::1'] },
    ),
    bad: fc.constantFrom('localhost', '10.0.0.0/33', '10.0.0.0/8/8', 'on'),
    preset: undefined,
    read: ({ serve }) => unlessEmpty(serve.trustedProxies),
  },
  SERVE_RATE_LIMIT: { ...whole(1, 1_000_000), preset: 60, read: ({ serve }) => serve.rateLimit },
  SERVE_LISTINGS: {
    ...oneOf('off', 'on'),
    preset: 'off',
    read: ({ serve }) => (serve.hasListings ? 'on' : 'off'),
  },
  SERVE_LISTING_COLUMNS: {
    good: fc.constantFrom(
      { text: 'pool_yn', means: ['pool_yn'] },
      { text: 'pool_yn, view', means: ['pool_yn', 'view'] },
    ),
    bad: fc.constantFrom('PoolYN', 'pool yn', 'a`b', '1st'),
    preset: undefined,
    read: ({ serve }) => unlessEmpty(serve.listingColumns),
  },
  SERVE_DISCLAIMER: { good: plainText, preset: undefined, read: ({ serve }) => serve.disclaimer },
  METRICS_FILE: {
    good: path,
    preset: undefined,
    read: (config, folder) => written(config.metricsFile, folder),
  },
  COST_PER_1000_CALLS: { ...money, preset: 0, read: ({ cost }) => cost.per1000Calls },
  MONTHLY_FEE: { ...money, preset: 0, read: ({ cost }) => cost.monthlyFee },
};

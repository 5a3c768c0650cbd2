import { serveVariables } from './serve-variables.ts';
import { parseProxyUrl } from '../http/proxy.ts';
import { parseHostList } from '../lib/host-list.ts';
import {
  bytes,
  duration,
  oneOf,
  parsedText,
  required,
  text,
  matchingText,
  type Values,
  type Variables,
  whole,
} from '../lib/variable-types.ts';

/** The variables that configure everything except the sources, which define their own: the rule of each, and its default. */

const money = parsedText(
  (value) => (/^\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : undefined),
  'must be an amount such as 12 or 0.35',
);

const addresses = parsedText((value) => {
  const list = value.split(',').map((address) => address.trim());
  return list.every(isMailAddress) ? list : undefined;
}, 'must be e-mail addresses separated by commas');

function isMailAddress(value: string): boolean {
  return /^[^\s@,<>"]+@[^\s@,<>"]+$/.test(value);
}

const smtp = matchingText((value) => {
  return URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol) && new URL(value).hostname !== '';
}, 'must be an address such as smtp://user:password@mail.example.com:587 or smtps://…');

/** Plain http is allowed: the service can be in the user's own network. */
const httpUrl = matchingText(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'must be an http(s) address',
);

const proxy = matchingText(
  (value) => parseProxyUrl(value) !== undefined,
  'must be the address of an HTTP proxy such as http://user:password@proxy.example.com:3128',
);

const widths = parsedText((value) => {
  const list = value.split(',').map((width) => width.trim());
  const isGood = list.every((width) => /^[1-9]\d{1,3}$/.test(width)) && new Set(list).size === list.length;
  return isGood && list.length <= 8 ? list.map(Number) : undefined;
}, 'must be at most 8 different widths from 10 to 9999 pixels, separated by commas, such as 320,1280');

const hosts = parsedText(
  parseHostList,
  'must be a host, or different hosts separated by commas, each with an optional port, such as db1,db2:3307,[::1]:3306',
);

const exemptions = text.transform((value) => value.split(/[\s,]+/).filter((entry) => entry !== ''));

/** These are also read in lower case, as by other programs. */
export const LOWER_CASE_ALIASES: ReadonlySet<string> = new Set(['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']);

/** Variables whose values are never shown. */
export const COMMON_SECRETS: readonly string[] = [
  'MYSQL_PASSWORD',
  'SMTP_URL',
  'ALERT_WEBHOOK_URL',
  'HEALTHCHECK_URL',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'SERVE_KEYS',
];

export const commonVariables = {
  HTTPS_PROXY: proxy.optional(),
  HTTP_PROXY: proxy.optional(),
  NO_PROXY: exemptions.optional(),
  MYSQL_HOST: hosts.default([{ host: '127.0.0.1', port: undefined }]),
  MYSQL_PORT: whole(1, 65_535).default(3306),
  MYSQL_SOCKET: required.optional(),
  MYSQL_DATABASE: required,
  MYSQL_USER: required,
  MYSQL_PASSWORD: text.default(''),
  MYSQL_SSL: oneOf('off', 'on', 'verify-ca').optional(),
  MYSQL_SSL_CA: required.optional(),
  MYSQL_SSL_CERT: required.optional(),
  MYSQL_SSL_KEY: required.optional(),
  PAYLOAD: oneOf('full', 'off').default('full'),
  HISTORY: oneOf('off', 'on').default('off'),
  STRICT_FIELDS: oneOf('on', 'off').default('off'),
  BATCH_SIZE: whole(1, 1000).default(100),
  SYNC_OVERLAP: duration.default(600_000),
  METADATA_MAX_AGE: duration.default(86_400_000),
  FIELDS_FILE: required.optional(),
  SOURCES_FILE: required.optional(),
  RECONCILE_MAX_DELETE_PERCENT: whole(0, 100).default(5),
  DELETED_RETENTION_DAYS: whole(1, 36_500).optional(),
  RUN_RETENTION_DAYS: whole(31, 36_500).default(400),
  HISTORY_RETENTION_DAYS: whole(1, 36_500).optional(),
  STATE_DIR: required.default('state'),
  LOG_DIR: required.default('logs'),
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error').default('info'),
  LOG_MAX_SIZE: bytes.default(20 * 1024 ** 2),
  LOG_RETENTION_DAYS: whole(1, 3650).default(14),
  LOG_RETENTION_FILES: whole(1, 1000).default(30),
  LOG_FORMAT: oneOf('pretty', 'json').optional(),
  RUN_RETRIES: whole(0, 10).default(0),
  MIN_DISK_FREE: bytes.default(100 * 1024 ** 2),
  MIN_MEMORY_FREE: bytes.default(100 * 1024 ** 2),
  ALERT_EMAIL_TO: addresses.optional(),
  ALERT_EMAIL_FROM: matchingText(isMailAddress, 'must be an e-mail address').optional(),
  SMTP_URL: smtp.optional(),
  ALERT_WEBHOOK_URL: httpUrl.optional(),
  ALERT_WEBHOOK_FORMAT: oneOf('json', 'slack').default('json'),
  ALERT_REPEAT: duration.default(14_400_000),
  ALERT_QUOTA_PERCENT: whole(0, 100).default(15),
  ALERT_REJECT_PERCENT: whole(0, 100).default(5),
  ALERT_FIELD_PERCENT: whole(0, 100).default(5),
  ALERT_MEDIA_FAILED_PERCENT: whole(0, 100).default(5),
  ALERT_MAX_AGE: duration.default(43_200_000),
  ALERT_DISK_FREE: bytes.default(1024 ** 3),
  HEALTHCHECK_URL: httpUrl.optional(),
  MEDIA_FILES: oneOf('off', 'on').default('off'),
  MEDIA_STORE: required.optional(),
  MEDIA_PARALLEL: whole(1, 64).default(6),
  MEDIA_MINUTE_LIMIT: whole(1, 100_000).default(480),
  MEDIA_MAX_SIZE: bytes.default(100 * 1024 ** 2),
  MEDIA_PASS_MINUTES: whole(1, 10_080).default(10),
  MEDIA_KEEP_DELETED: duration.default(604_800_000),
  MEDIA_CHANGED_BY: oneOf('listing', 'media').default('listing'),
  MEDIA_SWEEP_MAX_PERCENT: whole(0, 100).default(5),
  MEDIA_SIZES: widths.optional(),
  ...serveVariables,
  METRICS_FILE: required.optional(),
  COST_PER_1000_CALLS: money.default(0),
  MONTHLY_FEE: money.default(0),
} as const satisfies Variables;

export type CommonValues = Values<typeof commonVariables>;

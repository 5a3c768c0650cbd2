import * as z from '../lib/zod.ts';
import { parseDuration } from '../lib/duration.ts';
import { proxyUrl } from '../http/proxy.ts';

/** Every variable that trestle-etl reads: what it takes, and what holds where it is not set. */

const text = z.string();
const required = z.string().min(1, 'must be set');

/** Without TLS the secret would travel in clear: only within this machine, for the sandbox. */
const url = z
  .string()
  .refine(
    isAddress,
    'must be an address that begins with https:// (http:// only on this machine), without ? or #',
  )
  .transform((value) => value.replace(/\/+$/, ''));

function isAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash, username } = new URL(value);
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isHere)) && search + hash + username === '';
}

function whole(least: number, most: number) {
  const takes = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d+$/, takes)
    .transform(Number)
    .refine((value) => value >= least && value <= most, takes);
}

const duration = z.string().transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined) return ms;
  context.addIssue('must be a duration such as 90s, 10m, 2h or 1d');
  return z.NEVER;
});

function oneOf<const T extends string>(...values: readonly T[]) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, `must be one of: ${values.join(', ')}`));
}

const names = z.string().transform((value, context) => {
  const list = value.split(',').map((name) => name.trim());
  if (list.every((name) => /^[A-Za-z_]\w*$/.test(name)) && new Set(list).size === list.length) return list;
  context.addIssue('must be names separated by commas, each once');
  return z.NEVER;
});

/** In bytes. */
const bytes = z.string().transform((value, context) => {
  const match = /^(\d+)\s*(k|m|g)b?$/i.exec(value);
  const unit = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match?.[2]?.toLowerCase() as 'k' | 'm' | 'g'];
  if (match !== null && Number(match[1]) > 0) return Number(match[1]) * unit;
  context.addIssue('must be a size such as 500k, 20m or 1g');
  return z.NEVER;
});

const money = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be an amount such as 12 or 0.35')
  .transform(Number);

const addresses = z.string().transform((value, context) => {
  const list = value.split(',').map((address) => address.trim());
  if (list.every(isMailAddress)) return list;
  context.addIssue('must be e-mail addresses separated by commas');
  return z.NEVER;
});

function isMailAddress(value: string): boolean {
  return /^[^\s@,<>"]+@[^\s@,<>"]+$/.test(value);
}

const smtp = z.string().refine((value) => {
  return URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol) && new URL(value).hostname !== '';
}, 'must be an address such as smtp://user:password@mail.example.com:587 or smtps://…');

/** Where we only send to: an address of a service of the user's own may be plain http within their network. */
const hook = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'must be an http(s) address',
  );

const proxy = z
  .string()
  .refine(
    (value) => proxyUrl(value) !== undefined,
    'must be the address of an HTTP proxy such as http://user:password@proxy.example.com:3128',
  );

const exemptions = z.string().transform((value) => value.split(/[\s,]+/).filter((entry) => entry !== ''));

/** Other programs have these in lower case too, and so do many machines. */
export const LOWER_CASE_TOO: ReadonlySet<string> = new Set(['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']);

/** Values of these are never shown. */
export const SECRETS: ReadonlySet<string> = new Set([
  'TRESTLE_CLIENT_SECRET',
  'MYSQL_PASSWORD',
  'SMTP_URL',
  'ALERT_WEBHOOK_URL',
  'HEALTHCHECK_URL',
  'HTTPS_PROXY',
  'HTTP_PROXY',
]);

export const variables = {
  TRESTLE_CLIENT_ID: required,
  TRESTLE_CLIENT_SECRET: required,
  TRESTLE_API_BASE_URL: url.default('https://api.cotality.com/trestle/odata'),
  TRESTLE_TOKEN_URL: url.optional(),
  HTTPS_PROXY: proxy.optional(),
  HTTP_PROXY: proxy.optional(),
  NO_PROXY: exemptions.optional(),
  MYSQL_HOST: required.default('127.0.0.1'),
  MYSQL_PORT: whole(1, 65_535).default(3306),
  MYSQL_SOCKET: required.optional(),
  MYSQL_DATABASE: required,
  MYSQL_USER: required,
  MYSQL_PASSWORD: text.default(''),
  MYSQL_SSL: oneOf('off', 'on', 'verify-ca').optional(),
  MYSQL_SSL_CA: required.optional(),
  RESOURCES: names.default(['Property', 'Media']),
  LOOKUPS: oneOf('on', 'off').default('off'),
  PAYLOAD: oneOf('full', 'off').default('full'),
  HISTORY: oneOf('off', 'on').default('off'),
  STRICT_FIELDS: oneOf('on', 'off').default('off'),
  PRETTY_ENUMS: oneOf('on', 'off').default('off'),
  PAGE_SIZE: whole(1, 1000).default(1000),
  BATCH_SIZE: whole(1, 1000).default(100),
  MAX_RETRIES: whole(0, 20).default(5),
  REQUEST_TIMEOUT: duration
    .refine((ms) => ms >= 100 && ms <= 3_600_000, 'must be from 100ms to 1h')
    .default(120_000),
  RETRY_DEADLINE: duration.default(600_000),
  INCREMENTAL_FIELD: required.default('ModificationTimestamp'),
  SYNC_OVERLAP: duration.default(600_000),
  METADATA_MAX_AGE: duration.default(86_400_000),
  PROPERTY_FILTER: required.optional(),
  MEDIA_FILTER: required.optional(),
  OPEN_HOUSE_FILTER: required.optional(),
  PROPERTY_ROOMS_FILTER: required.optional(),
  PROPERTY_UNIT_TYPES_FILTER: required.optional(),
  OFFICE_FILTER: required.optional(),
  MEMBER_FILTER: required.optional(),
  TEAMS_FILTER: required.optional(),
  TEAM_MEMBERS_FILTER: required.optional(),
  PROPERTY_SELECT: names.optional(),
  FIELDS_FILE: required.optional(),
  QUOTA_RESERVE_PERCENT: whole(0, 90).default(10),
  QUOTA_MAX_WAIT: duration.default(3_900_000),
  RECONCILE_MAX_DELETE_PERCENT: whole(0, 100).default(5),
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
  ALERT_EMAIL_FROM: z.string().refine(isMailAddress, 'must be an e-mail address').optional(),
  SMTP_URL: smtp.optional(),
  ALERT_WEBHOOK_URL: hook.optional(),
  ALERT_WEBHOOK_FORMAT: oneOf('json', 'slack').default('json'),
  ALERT_REPEAT: duration.default(14_400_000),
  ALERT_QUOTA_PERCENT: whole(0, 100).default(15),
  ALERT_REJECT_PERCENT: whole(0, 100).default(5),
  ALERT_FIELD_PERCENT: whole(0, 100).default(5),
  ALERT_MAX_AGE: duration.default(43_200_000),
  ALERT_DISK_FREE: bytes.default(1024 ** 3),
  HEALTHCHECK_URL: hook.optional(),
  METRICS_FILE: required.optional(),
  COST_PER_1000_CALLS: money.default(0),
  MONTHLY_FEE: money.default(0),
} as const satisfies Record<string, z.ZodType>;

export const environment = z.object(variables);

export type Environment = z.output<typeof environment>;

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { editDistance } from '../lib/edit-distance.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { DatabaseAddress } from '../db/address.ts';
import type { AlertSettings } from '../model/alert.ts';
import { foldersOf, type Place, readFile, readText } from './env-file.ts';
import { environment, type Environment, LOWER_CASE_TOO, SECRETS, variables } from './variables.ts';
import type { TrestleSettings } from '../sources/trestle/settings.ts';

/** The configuration of one feed: valid, complete and frozen. */
export type Config = TrestleSettings & {
  /** The name after `--profile`. */
  readonly profile: string | undefined;
  /** For the API, its sign-in, webhooks and heartbeats. */
  readonly proxies: ProxySettings;
  readonly mysql: DatabaseAddress;
  readonly keepHistory: boolean;
  readonly batchSize: number;
  readonly overlap: number;
  /** Milliseconds for which the feed's own schema is not asked for again. */
  readonly schemaAge: number;
  /** Undefined: `resources.json` in `stateDir`. */
  readonly fieldsFile: string | undefined;
  readonly maxDeletePercent: number;
  readonly stateDir: string;
  readonly log: {
    readonly dir: string;
    readonly level: string;
    /** Bytes. */
    readonly maxBytes: number;
    readonly retentionDays: number;
    readonly retentionFiles: number;
    /** What goes to the terminal beside the files; undefined: the progress of the run. */
    readonly format: 'pretty' | 'json' | undefined;
  };
  /** How often a whole run is tried again. */
  readonly runRetries: number;
  /** Bytes below which a run ends before its next page. */
  readonly least: { readonly disk: number; readonly memory: number };
  readonly alerts: AlertSettings;
  readonly healthcheckUrl: string | undefined;
  readonly metricsFile: string | undefined;
  readonly cost: { readonly per1000Calls: number; readonly monthlyFee: number };
};

/** What RESOURCES and INCREMENTAL_FIELD may name; `all` in RESOURCES stands for every resource. */
export type Known = { readonly resources: readonly string[]; readonly cursors: readonly string[] };

/** What was found in a place: a configuration, or what is wrong with it. */
export type Reading = {
  /** Undefined: there is no file, the environment alone was read. */
  readonly file: string | undefined;
  readonly config: Config | undefined;
  /** Each with the variable, what it got (secrets hidden), what it takes. */
  readonly problems: readonly string[];
  /** Variables to which the environment gives another value than the file. */
  readonly overridden: readonly string[];
};

/**
 * Reads the environment and the place's file; the environment wins. Paths in it are relative to the file's folder.
 * @throws ConfigError with every problem at once; where the file was named and is not there, or can't be read.
 */
export function loadConfig(known: Known, place: Place = {}, env: NodeJS.ProcessEnv = process.env): Config {
  const { config, problems } = readConfig(known, place, env);
  if (config !== undefined) return config;
  throw new ConfigError(`the configuration has ${problems.length} problem(s): ${problems.join('; ')}`, {
    op: 'configuration',
    hint: '.env.example lists every variable; docs/configuration.md explains them',
  });
}

/** The same, with what is wrong told rather than thrown. @throws ConfigError as for a file that can't be read. */
export function readConfig(known: Known, place: Place = {}, env: NodeJS.ProcessEnv = process.env): Reading {
  const { path, isThere, values: file } = readFile(place);
  // An empty variable means: not set. Cron and shells leave such behind.
  const values = Object.fromEntries(
    Object.keys(variables)
      .map((name) => [name, fromEnvironment(env, name) ?? file[name]] as const)
      .filter(([, value]) => isSet(value)),
  );
  const parsed = environment.safeParse({ ...foldersOf(place), ...values });
  const valid = parsed.success ? parsed.data : validPart(values);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => problem(String(issue.path[0]), values, issue.message)),
    ...crossCheck(valid, known, dirname(path)),
    ...Object.keys(file).flatMap((name) => correction(name) ?? []),
  ];
  const isGood = parsed.success && problems.length === 0;
  return {
    file: isThere ? path : undefined,
    config: isGood ? freeze(normalise(withAll(parsed.data, known), dirname(path), place.profile)) : undefined,
    problems,
    overridden: Object.keys(values).filter((name) => isSet(file[name]) && file[name] !== values[name]),
  };
}

/** What holds where a variable is not set, as text; empty where nothing does. */
export function presetOf(name: keyof Environment): string {
  const parsed = variables[name].safeParse(undefined);
  return parsed.success ? String(parsed.data ?? '') : '';
}

/** What is wrong with a text that is to be a variable's value; undefined where nothing is. */
export function problemWith(name: keyof Environment, text: string): string | undefined {
  const parsed = variables[name].safeParse(isSet(text) ? text : undefined);
  if (parsed.success) return undefined;
  return isSet(text) ? parsed.error.issues[0]?.message : 'must be set';
}

/** A name that is ours but for a letter or two: ignored in silence, a filter would not filter. */
function correction(name: string): string | undefined {
  if (name in variables) return undefined;
  const meant = Object.keys(variables).find((known) => editDistance(known, name.toUpperCase()) <= 2);
  return meant === undefined ? undefined : `${name} is not known: is ${meant} meant?`;
}

function fromEnvironment(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const names = LOWER_CASE_TOO.has(name) ? [name, name.toLowerCase()] : [name];
  return names.map((each) => env[each]).find(isSet);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function problem(name: string, values: Readonly<Record<string, string | undefined>>, takes: string): string {
  const value = values[name];
  if (value === undefined) return `${name} is not set and must be`;
  return `${name} ${SECRETS.has(name) ? '(hidden)' : `is "${value.slice(0, 100)}"`}: ${takes}`;
}

/** What is right of a configuration that is not, so that all its problems can be told at once. */
function validPart(values: Readonly<Record<string, string | undefined>>): Partial<Environment> {
  const good = Object.entries(variables).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(values[name]);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(good);
}

function crossCheck(env: Partial<Environment>, known: Known, folder: string): string[] {
  const problems: string[] = [];
  const named = env.RESOURCES ?? [];
  const strange = isAll(named) ? [] : named.filter((name) => !known.resources.includes(name));
  if (strange.includes('all')) problems.push(`RESOURCES is "${named.join(',')}": all must stand alone`);
  else if (strange.length > 0) {
    problems.push(`RESOURCES names ${strange.join(', ')}: must be of ${known.resources.join(', ')}; or all`);
  }
  if (env.INCREMENTAL_FIELD !== undefined && !known.cursors.includes(env.INCREMENTAL_FIELD)) {
    problems.push(`INCREMENTAL_FIELD is "${env.INCREMENTAL_FIELD}": must be of ${known.cursors.join(', ')}`);
  }
  if (env.MYSQL_SSL_CA !== undefined && !existsSync(resolve(folder, env.MYSQL_SSL_CA))) {
    problems.push(`MYSQL_SSL_CA is "${env.MYSQL_SSL_CA}": there is no such file`);
  }
  if (env.MYSQL_SSL === 'off' && env.MYSQL_SSL_CA !== undefined) {
    problems.push('MYSQL_SSL is "off" while MYSQL_SSL_CA is set: drop one of them');
  }
  const mail = [env.ALERT_EMAIL_TO, env.ALERT_EMAIL_FROM, env.SMTP_URL].filter(
    (value) => value !== undefined,
  );
  if (mail.length === 1 || mail.length === 2) {
    problems.push('ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL belong together: set all three, or none');
  }
  return problems;
}

function isAll(names: readonly string[]): boolean {
  return names.length === 1 && names[0] === 'all';
}

function withAll(env: Environment, known: Known): Environment {
  return isAll(env.RESOURCES) ? { ...env, RESOURCES: [...known.resources] } : env;
}

function normalise(env: Environment, folder: string, profile: string | undefined): Config {
  return {
    profile,
    api: {
      baseUrl: env.TRESTLE_API_BASE_URL,
      tokenUrl: env.TRESTLE_TOKEN_URL ?? tokenUrl(env.TRESTLE_API_BASE_URL),
      clientId: env.TRESTLE_CLIENT_ID,
      clientSecret: env.TRESTLE_CLIENT_SECRET,
      pageSize: env.PAGE_SIZE,
      maxRetries: env.MAX_RETRIES,
      timeout: env.REQUEST_TIMEOUT,
      deadline: env.RETRY_DEADLINE,
      reservePercent: env.QUOTA_RESERVE_PERCENT,
      maxWait: env.QUOTA_MAX_WAIT,
      prettyEnums: env.PRETTY_ENUMS === 'on',
    },
    proxies: { https: env.HTTPS_PROXY, http: env.HTTP_PROXY, exempt: env.NO_PROXY ?? [] },
    mysql: {
      host: env.MYSQL_HOST,
      port: env.MYSQL_PORT,
      socket: env.MYSQL_SOCKET,
      database: env.MYSQL_DATABASE,
      user: env.MYSQL_USER,
      password: env.MYSQL_PASSWORD,
      tls: readTls(env, folder),
    },
    resources: env.RESOURCES,
    keepLookups: env.LOOKUPS === 'on',
    incrementalField: env.INCREMENTAL_FIELD,
    keepPayload: env.PAYLOAD === 'full',
    keepHistory: env.HISTORY === 'on',
    isStrict: env.STRICT_FIELDS === 'on',
    batchSize: env.BATCH_SIZE,
    overlap: env.SYNC_OVERLAP,
    schemaAge: env.METADATA_MAX_AGE,
    filters: filtersOf(env),
    propertySelect: env.PROPERTY_SELECT,
    fieldsFile: env.FIELDS_FILE === undefined ? undefined : resolve(folder, env.FIELDS_FILE),
    maxDeletePercent: env.RECONCILE_MAX_DELETE_PERCENT,
    stateDir: resolve(folder, env.STATE_DIR),
    log: {
      dir: resolve(folder, env.LOG_DIR),
      level: env.LOG_LEVEL,
      maxBytes: env.LOG_MAX_SIZE,
      retentionDays: env.LOG_RETENTION_DAYS,
      retentionFiles: env.LOG_RETENTION_FILES,
      format: env.LOG_FORMAT,
    },
    runRetries: env.RUN_RETRIES,
    least: { disk: env.MIN_DISK_FREE, memory: env.MIN_MEMORY_FREE },
    alerts: alertSettings(env),
    healthcheckUrl: env.HEALTHCHECK_URL,
    metricsFile: env.METRICS_FILE === undefined ? undefined : resolve(folder, env.METRICS_FILE),
    cost: { per1000Calls: env.COST_PER_1000_CALLS, monthlyFee: env.MONTHLY_FEE },
  };
}

/** By the resource that they narrow: each that is read by a cursor of its own has one, and so have media. */
function filtersOf(env: Environment): Config['filters'] {
  return {
    Property: env.PROPERTY_FILTER,
    Media: env.MEDIA_FILTER,
    OpenHouse: env.OPEN_HOUSE_FILTER,
    PropertyRooms: env.PROPERTY_ROOMS_FILTER,
    PropertyUnitTypes: env.PROPERTY_UNIT_TYPES_FILTER,
    Office: env.OFFICE_FILTER,
    Member: env.MEMBER_FILTER,
    Teams: env.TEAMS_FILTER,
    TeamMembers: env.TEAM_MEMBERS_FILTER,
  };
}

function alertSettings(env: Environment): AlertSettings {
  const { ALERT_EMAIL_TO: to, ALERT_EMAIL_FROM: from, SMTP_URL: smtpUrl } = env;
  const url = env.ALERT_WEBHOOK_URL;
  return {
    email:
      to === undefined || from === undefined || smtpUrl === undefined ? undefined : { to, from, smtpUrl },
    webhook: url === undefined ? undefined : { url, format: env.ALERT_WEBHOOK_FORMAT },
    repeat: env.ALERT_REPEAT,
    quotaPercent: env.ALERT_QUOTA_PERCENT,
    rejectPercent: env.ALERT_REJECT_PERCENT,
    fieldPercent: env.ALERT_FIELD_PERCENT,
    maxAge: env.ALERT_MAX_AGE,
    diskFree: env.ALERT_DISK_FREE,
  };
}

function readTls(env: Environment, folder: string): DatabaseAddress['tls'] {
  if (env.MYSQL_SSL_CA === undefined && (env.MYSQL_SSL ?? 'off') === 'off') return undefined;
  const ca = env.MYSQL_SSL_CA === undefined ? undefined : readText(resolve(folder, env.MYSQL_SSL_CA));
  return { ca, checksName: env.MYSQL_SSL !== 'verify-ca' };
}

/** `{host}/trestle/odata` → `{host}/trestle/oidc/connect/token` (Trestle's documentation). */
function tokenUrl(baseUrl: string): string {
  return baseUrl.replace(/\/odata$/, '').concat('/oidc/connect/token');
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { editDistance } from '../lib/edit-distance.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { DatabaseAddress } from '../db/address.ts';
import type { AlertSettings } from '../model/alert.ts';
import { foldersOf, type Place, readFile, readText } from './env-file.ts';
import {
  composeVariables,
  type Configurable,
  type Invalid,
  parseTexts,
  readSource,
  type Texts,
} from './compose.ts';
import type { Environment } from '../model/io.ts';
import type { Variables } from '../lib/variable-types.ts';
import { commonVariables, type CommonValues, LOWER_CASE_TOO } from './variables.ts';

/** The configuration of one feed: valid, complete and frozen. */
export type Config = {
  /** What each source is configured with, by its id: what its definition built. */
  readonly sources: Readonly<Record<string, unknown>>;
  /** Values of the sources' secrets. */
  readonly sourceSecrets: readonly string[];
  /** The name after `--profile`. */
  readonly profile: string | undefined;
  /** For the API, its sign-in, webhooks and heartbeats. */
  readonly proxies: ProxySettings;
  readonly mysql: DatabaseAddress;
  /** Whether the whole record is stored beside its columns. */
  readonly keepPayload: boolean;
  /** Whether any field that cannot be stored exactly costs the record. */
  readonly isStrict: boolean;
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
export function loadConfig(sources: readonly Configurable[], place: Place, env: Environment): Config {
  const { config, problems } = readConfig(sources, place, env);
  if (config !== undefined) return config;
  throw new ConfigError(`the configuration has ${problems.length} problem(s): ${problems.join('; ')}`, {
    op: 'configuration',
    hint: '.env.example lists every variable; docs/configuration.md explains them',
  });
}

/** The same, with what is wrong told rather than thrown. @throws ConfigError as for a file that can't be read. */
export function readConfig(sources: readonly Configurable[], place: Place, env: Environment): Reading {
  const { path, isThere, values: file } = readFile(place);
  const { variables, secrets } = composeVariables(sources);
  // An empty variable means: not set. Cron and shells leave such behind.
  const set = Object.fromEntries(
    Object.keys(variables)
      .map((name) => [name, fromEnvironment(env, name) ?? file[name]] as const)
      .filter(([, value]) => isSet(value)),
  );
  const texts = { ...foldersOf(place), ...set };
  const read = sources.map((source) => readSource(source, texts));
  const common = parseTexts(commonVariables, texts);
  const problems = [
    ...[...read, common].flatMap(({ invalid }) => invalid.map((each) => problem(each, texts, secrets))),
    ...read.flatMap(({ conflicts }) => conflicts),
    ...crossCheck(common.valid, dirname(path)),
    ...Object.keys(file).flatMap((name) => correction(name, variables) ?? []),
  ];
  const build = (): Config => ({
    ...buildCommon(common.valid as CommonValues, dirname(path), place.profile),
    sources: Object.fromEntries(read.map((source) => [source.id, source.build()])),
    sourceSecrets: read.flatMap((source) => source.secrets),
  });
  return {
    file: isThere ? path : undefined,
    config: problems.length === 0 ? freeze(build()) : undefined,
    problems,
    overridden: Object.keys(set).filter((name) => isSet(file[name]) && file[name] !== set[name]),
  };
}

/** A name that is ours but for a letter or two: ignored in silence, a filter would not filter. */
function correction(name: string, variables: Variables): string | undefined {
  if (name in variables) return undefined;
  const meant = Object.keys(variables).find((known) => editDistance(known, name.toUpperCase()) <= 2);
  return meant === undefined ? undefined : `${name} is not known: is ${meant} meant?`;
}

function fromEnvironment(env: Environment, name: string): string | undefined {
  const names = LOWER_CASE_TOO.has(name) ? [name, name.toLowerCase()] : [name];
  return names.map((each) => env[each]).find(isSet);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function problem({ name, takes }: Invalid, texts: Texts, secrets: ReadonlySet<string>): string {
  const value = texts[name];
  if (value === undefined) return `${name} is not set and must be`;
  return `${name} ${secrets.has(name) ? '(hidden)' : `is "${value.slice(0, 100)}"`}: ${takes}`;
}

function crossCheck(env: Partial<CommonValues>, folder: string): string[] {
  const problems: string[] = [];
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

function buildCommon(
  env: CommonValues,
  folder: string,
  profile: string | undefined,
): Omit<Config, 'sources' | 'sourceSecrets'> {
  return {
    profile,
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
    keepPayload: env.PAYLOAD === 'full',
    keepHistory: env.HISTORY === 'on',
    isStrict: env.STRICT_FIELDS === 'on',
    batchSize: env.BATCH_SIZE,
    overlap: env.SYNC_OVERLAP,
    schemaAge: env.METADATA_MAX_AGE,
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

function alertSettings(env: CommonValues): AlertSettings {
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

function readTls(env: CommonValues, folder: string): DatabaseAddress['tls'] {
  if (env.MYSQL_SSL_CA === undefined && (env.MYSQL_SSL ?? 'off') === 'off') return undefined;
  const ca = env.MYSQL_SSL_CA === undefined ? undefined : readText(resolve(folder, env.MYSQL_SSL_CA));
  return { ca, checksName: env.MYSQL_SSL !== 'verify-ca' };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

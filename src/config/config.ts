import { dirname, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { DatabaseAddress } from '../db/address.ts';
import type { AlertSettings } from '../model/alert.ts';
import { defaultFolders, readEnvFile } from './env-file.ts';
import {
  composeVariables,
  type Configurable,
  type Invalid,
  isUsed,
  parseTexts,
  readSource,
  type Texts,
} from './compose.ts';
import type { ConfigLocation } from './location.ts';
import type { ServeSettings } from '../model/serve-settings.ts';
import type { Environment } from '../model/io.ts';
import type { Retention } from '../model/retention.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import type { SourceKind } from '../sources/kind.ts';
import { buildMediaSettings, findMediaProblems, type MediaSettings } from './media.ts';
import { buildServeSettings } from './serve.ts';
import { readSourcesFile } from './sources-file.ts';
import { buildTls, findTlsProblems } from './tls.ts';
import type { Variables } from '../lib/variable-types.ts';
import { commonVariables, type CommonValues, LOWER_CASE_ALIASES } from './variables.ts';
import { formatSuggestion } from './format-suggestion.ts';

/** The configuration of one feed: valid, complete and frozen. */
export type Config = {
  /** The settings of each source by its id, as its definition built them. */
  readonly sources: Readonly<Record<string, unknown>>;
  /** The sources that SOURCES_FILE adds. */
  readonly added: readonly SourceDefinition[];
  /** The values of the sources' secrets, and of the variables that SOURCES_FILE refers to. */
  readonly sourceSecrets: readonly string[];
  /** The name after `--profile`. */
  readonly profile: string | undefined;
  /** For the API, its token endpoint, webhooks and heartbeats. */
  readonly proxies: ProxySettings;
  readonly mysql: DatabaseAddress;
  /** Whether the complete record is stored in addition to its columns. */
  readonly keepPayload: boolean;
  /** Whether a record is rejected if any of its fields cannot be stored exactly. */
  readonly isStrict: boolean;
  readonly keepHistory: boolean;
  readonly batchSize: number;
  readonly overlap: number;
  /** Milliseconds until the feed's schema is fetched again. */
  readonly schemaAge: number;
  /** Undefined: `resources.json` in `stateDir`. */
  readonly fieldsFile: string | undefined;
  /** Undefined: `sources.yaml` in the folder of the configuration file, if it exists. */
  readonly sourcesFile: string | undefined;
  readonly maxDeletePercent: number;
  readonly stateDir: string;
  readonly log: {
    readonly dir: string;
    readonly level: string;
    /** Bytes. */
    readonly maxBytes: number;
    readonly retentionDays: number;
    readonly retentionFiles: number;
    /** The format of log lines on the terminal; undefined: progress only. */
    readonly format: 'pretty' | 'json' | undefined;
  };
  /** How often a complete run is retried. */
  readonly runRetries: number;
  /** Bytes; with less, a run ends before its next page. */
  readonly minFree: { readonly disk: number; readonly memory: number };
  readonly retention: Retention;
  readonly alerts: AlertSettings;
  readonly healthcheckUrl: string | undefined;
  readonly media: MediaSettings;
  readonly serve: ServeSettings;
  readonly metricsFile: string | undefined;
  readonly cost: { readonly per1000Calls: number; readonly monthlyFee: number };
};

/** A configuration, or its problems. */
export type ConfigReading = {
  /** Undefined: there is no file, and only the environment was read. */
  readonly file: string | undefined;
  readonly config: Config | undefined;
  /** Each names the variable, its value (secrets hidden), and its rule. */
  readonly problems: readonly string[];
  /** Where the user can read about what is wrong. */
  readonly hint: string;
  /** Variables that have another value in the environment than in the file. */
  readonly overridden: readonly string[];
};

/**
 * Reads the environment and the configuration file; the environment wins. Relative paths start in the file's folder.
 * @throws ConfigError with all problems at once; also if a named file does not exist, or the file cannot be read.
 */
export function loadConfig(
  sources: readonly Configurable[],
  location: ConfigLocation,
  env: Environment,
  kinds: readonly SourceKind[] = [],
): Config {
  const { config, problems, hint } = readConfig(sources, location, env, kinds);
  if (config !== undefined) return config;
  throw new ConfigError(`the configuration has ${problems.length} problem(s): ${problems.join('; ')}`, {
    op: 'configuration',
    hint,
  });
}

const VARIABLES_HINT = '.env.example lists every variable; docs/configuration.md explains them';
const NO_FILE_HINT = 'trestle-etl init writes a first .env';
const NO_SOURCE_HINT = 'without a feed, add a source to sources.yaml: docs/items.md, docs/county-files.md';
const SOURCES_HINT = 'docs/items.md and docs/county-files.md explain the keys of sources.yaml';

/** Like `loadConfig`, but returns the problems. @throws ConfigError if the file cannot be found or read. */
export function readConfig(
  sources: readonly Configurable[],
  location: ConfigLocation,
  env: Environment,
  kinds: readonly SourceKind[] = [],
): ConfigReading {
  const { path, exists, values: file } = readEnvFile(location);
  const { variables, secrets } = composeVariables(sources);
  // An empty variable counts as not set: cron and shells leave such variables behind.
  const set = Object.fromEntries(
    Object.keys(variables)
      .map((name) => [name, readVariable(env, name) ?? file[name]] as const)
      .filter(([, value]) => isSet(value)),
  );
  const texts = { ...defaultFolders(location), ...set };
  const common = parseTexts(commonVariables, texts);
  const taken = sources.map(({ id }) => id);
  const added = readSourcesFile({
    path: common.valid.SOURCES_FILE,
    folder: dirname(path),
    kinds,
    taken,
    lookUp: (name) => [env[name], file[name]].find(isSet),
  });
  // A mistake in sources.yaml is no reason to ask for a feed.
  const hasOthers = added.definitions.length > 0 || added.problems.length > 0;
  const used = sources.filter((source) => !hasOthers || isUsed(source, texts));
  const read = used.map((source) => readSource(source, texts));
  const problems = [
    ...[...read, common].flatMap(({ invalid }) =>
      invalid.map((each) => describeInvalid(each, texts, secrets)),
    ),
    ...read.flatMap(({ conflicts }) => conflicts),
    ...crossCheck(common.valid, dirname(path)),
    ...added.problems,
    ...Object.keys(file)
      .filter((name) => !added.names.includes(name))
      .flatMap((name) => suggestName(name, variables) ?? []),
  ];
  const build = (): Omit<Config, 'added'> => ({
    ...buildCommon(common.valid as CommonValues, dirname(path), location.profile),
    sources: Object.fromEntries(read.map((source) => [source.id, source.build()])),
    sourceSecrets: [...read.flatMap((source) => source.secrets), ...added.secrets],
  });
  return {
    file: exists ? path : undefined,
    config:
      problems.length === 0
        ? Object.freeze({ ...freeze(build()), added: Object.freeze(added.definitions) })
        : undefined,
    problems,
    hint:
      problems.length === added.problems.length
        ? SOURCES_HINT
        : [
            ...(exists ? [] : [NO_FILE_HINT]),
            ...(hasOthers || sources.some((source) => isUsed(source, texts)) ? [] : [NO_SOURCE_HINT]),
            VARIABLES_HINT,
          ].join('; '),
    overridden: Object.keys(set).filter((name) => isSet(file[name]) && file[name] !== set[name]),
  };
}

/** Finds misspelled names: if one were ignored, a filter would not filter. */
function suggestName(name: string, variables: Variables): string | undefined {
  if (name in variables) return undefined;
  const suggestion = formatSuggestion(name, Object.keys(variables));
  return suggestion === '' ? undefined : `${name} is unknown${suggestion}`;
}

function readVariable(env: Environment, name: string): string | undefined {
  const names = LOWER_CASE_ALIASES.has(name) ? [name, name.toLowerCase()] : [name];
  return names.map((each) => env[each]).find(isSet);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function describeInvalid({ name, takes }: Invalid, texts: Texts, secrets: ReadonlySet<string>): string {
  const value = texts[name];
  if (value === undefined) return `${name} must be set`;
  return `${name} ${secrets.has(name) ? '(hidden)' : `is "${value.slice(0, 100)}"`}: ${takes}`;
}

function crossCheck(env: Partial<CommonValues>, folder: string): string[] {
  const problems = findTlsProblems(env, folder);
  const mail = [env.ALERT_EMAIL_TO, env.ALERT_EMAIL_FROM, env.SMTP_URL].filter(
    (value) => value !== undefined,
  );
  if (mail.length === 1 || mail.length === 2) {
    problems.push(
      'ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_URL belong together: set all three, or none of them',
    );
  }
  return [...problems, ...findMediaProblems(env)];
}

function buildCommon(
  env: CommonValues,
  folder: string,
  profile: string | undefined,
): Omit<Config, 'sources' | 'sourceSecrets' | 'added'> {
  return {
    profile,
    proxies: { https: env.HTTPS_PROXY, http: env.HTTP_PROXY, exempt: env.NO_PROXY ?? [] },
    mysql: {
      ...buildHosts(env),
      socket: env.MYSQL_SOCKET,
      database: env.MYSQL_DATABASE,
      user: env.MYSQL_USER,
      password: env.MYSQL_PASSWORD,
      tls: buildTls(env, folder),
    },
    keepPayload: env.PAYLOAD === 'full',
    keepHistory: env.HISTORY === 'on',
    isStrict: env.STRICT_FIELDS === 'on',
    batchSize: env.BATCH_SIZE,
    overlap: env.SYNC_OVERLAP,
    schemaAge: env.METADATA_MAX_AGE,
    fieldsFile: env.FIELDS_FILE === undefined ? undefined : resolve(folder, env.FIELDS_FILE),
    sourcesFile: env.SOURCES_FILE === undefined ? undefined : resolve(folder, env.SOURCES_FILE),
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
    minFree: { disk: env.MIN_DISK_FREE, memory: env.MIN_MEMORY_FREE },
    retention: {
      runDays: env.RUN_RETENTION_DAYS,
      deletedDays: env.DELETED_RETENTION_DAYS,
      historyDays: env.HISTORY_RETENTION_DAYS,
    },
    alerts: buildAlertSettings(env),
    healthcheckUrl: env.HEALTHCHECK_URL,
    media: buildMediaSettings(env, folder),
    serve: buildServeSettings(env),
    metricsFile: env.METRICS_FILE === undefined ? undefined : resolve(folder, env.METRICS_FILE),
    cost: { per1000Calls: env.COST_PER_1000_CALLS, monthlyFee: env.MONTHLY_FEE },
  };
}

function buildHosts(env: CommonValues): Pick<DatabaseAddress, 'host' | 'port' | 'otherHosts'> {
  const [first, ...otherHosts] = env.MYSQL_HOST.map(({ host, port }) => ({
    host,
    port: port ?? env.MYSQL_PORT,
  }));
  return { ...first!, ...(otherHosts.length === 0 ? {} : { otherHosts }) };
}

function buildAlertSettings(env: CommonValues): AlertSettings {
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
    mediaFailedPercent: env.ALERT_MEDIA_FAILED_PERCENT,
    maxAge: env.ALERT_MAX_AGE,
    diskFree: env.ALERT_DISK_FREE,
  };
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}

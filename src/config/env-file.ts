import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type * as dotenv from 'dotenv';
import { ConfigError, UsageError } from '../errors.ts';
import type { DatabaseAddress, DatabaseHost } from '../db/address.ts';
import type { ConfigChoice, ConfigLocation } from './location.ts';
import { formatHost, parseHostList } from '../lib/host-list.ts';
import { decodeFile } from './text-file.ts';
import { type CommonValues, commonVariables } from './variables.ts';

const require = createRequire(import.meta.url);

/** Loads the package only if there is a file. */
function parse(text: string): Record<string, string> {
  return (require('dotenv') as typeof dotenv).parse(text);
}

export type EnvFile = {
  readonly path: string;
  readonly exists: boolean;
  readonly values: Readonly<Record<string, string>>;
};

/** Returns the path of the configuration file, which need not exist. @throws ConfigError if the working directory was removed. */
export function envFilePath({ envFile, profile, cwd }: ConfigLocation): string {
  const name = envFile ?? (profile === undefined ? '.env' : `.env.${profile}`);
  if (isAbsolute(name)) return resolve(name);
  try {
    return resolve(cwd(), name);
  } catch (cause) {
    throw new ConfigError(`the working directory cannot be found: ${(cause as Error).message}`, {
      op: 'configuration',
      cause,
      hint: 'it was removed or cannot be read: change to another one',
    });
  }
}

/** Reads the variables of the configuration file; none if there is no `.env`. @throws ConfigError if a named file does not exist. */
export function readEnvFile(location: ConfigLocation): EnvFile {
  const path = envFilePath(location);
  const exists = existsSync(path);
  const isNamed = location.envFile !== undefined || location.profile !== undefined;
  if (isNamed && !exists) {
    const hint = location.profile === undefined ? 'check --env-file' : 'trestle-etl init writes it';
    throw new ConfigError(`there is no file ${path}`, { op: 'configuration', hint });
  }
  return { path, exists, values: exists ? parse(readText(path)) : {} };
}

/** @throws ConfigError if the path is a folder, cannot be read, or is not UTF-8. */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new ConfigError(`${path} cannot be read: ${(cause as Error).message}`, {
      op: 'configuration',
      cause,
      hint: 'it must be a file that the user who runs trestle-etl may read',
    });
  }
  return decodeFile(path, bytes);
}

/** Settings that two configurations must not share: their feeds would break each other. */
export type ExclusiveSettings = DatabaseAddress & {
  readonly stateDir: string;
  readonly logDir: string;
  readonly metricsFile: string | undefined;
};

export type ConfigConflict = {
  readonly name: string;
  /** The variables with the same database, folder or file. */
  readonly shares: readonly string[];
};

/** Finds configurations in the same folder that share an exclusive setting with this one. */
export function findConflicts(file: string, own: ExclusiveSettings): ConfigConflict[] {
  const folder = dirname(file);
  const names = listNames(folder).filter(
    (name) => /^\.env(\.[\w-]+)?$/.test(name) && ![basename(file), '.env.example'].includes(name),
  );
  return names
    .map((name) => ({ name, shares: findShared(own, folder, name) }))
    .filter(({ shares }) => shares.length > 0);
}

type Path = 'STATE_DIR' | 'LOG_DIR' | 'METRICS_FILE';

function findShared(own: ExclusiveSettings, folder: string, name: string): string[] {
  const values = tryParse(join(folder, name));
  // A folder, or unreadable.
  if (values === undefined) return [];
  const folders = defaultFolders({ profile: /^\.env\.(.+)$/.exec(name)?.[1] });
  const valueOf = (variable: Path | `MYSQL_${'DATABASE' | 'PORT' | 'SOCKET'}`): string =>
    values[variable]?.trim() ||
    folders[variable] ||
    String(commonVariables[variable].safeParse(undefined).data ?? '');
  const pathOf = (variable: Path): string => resolve(folder, valueOf(variable));
  const port = Number(valueOf('MYSQL_PORT'));
  const hosts = parseHostList(values['MYSQL_HOST']?.trim() || '127.0.0.1') ?? [];
  const servers = listServers(
    valueOf('MYSQL_SOCKET'),
    hosts.map((each) => ({ host: each.host, port: each.port ?? port })),
  );
  const ownServers = listServers(own.socket ?? '', [own, ...(own.otherHosts ?? [])]);
  const isSameDatabase =
    valueOf('MYSQL_DATABASE') === own.database && servers.some((server) => ownServers.includes(server));
  const metrics = valueOf('METRICS_FILE');
  return [
    ...(isSameDatabase ? ['MYSQL_DATABASE'] : []),
    ...(pathOf('STATE_DIR') === own.stateDir ? ['STATE_DIR'] : []),
    ...(pathOf('LOG_DIR') === own.logDir ? ['LOG_DIR'] : []),
    ...(metrics !== '' && pathOf('METRICS_FILE') === own.metricsFile ? ['METRICS_FILE'] : []),
  ];
}

/** With a socket, hosts and ports are ignored. */
function listServers(socket: string, hosts: readonly DatabaseHost[]): readonly string[] {
  if (socket !== '') return [socket];
  return hosts.map(({ host, port }) => {
    const name = host.toLowerCase();
    return formatHost({ host: name === 'localhost' ? '127.0.0.1' : name, port });
  });
}

/** Each profile has a separate lock, token and logs. */
export function defaultFolders({ profile }: ConfigChoice): Partial<Record<keyof CommonValues, string>> {
  return profile === undefined ? {} : { STATE_DIR: `state/${profile}`, LOG_DIR: `logs/${profile}` };
}

/** Returns nothing if the folder cannot be listed. */
function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function tryParse(path: string): Record<string, string> | undefined {
  try {
    return parse(readText(path));
  } catch {
    return undefined;
  }
}

/** Returns `NAME=value`, quoted if necessary; undefined if no quotes can hold the value. */
export function formatAssignment(name: string, value: string): string | undefined {
  const plain = /^[\w./:@%+-]+$/.test(value) ? [value] : [];
  const lines = [...plain, `'${value}'`, `"${value}"`, `\`${value}\``].map((text) => `${name}=${text}`);
  // An unclosed quote would include the next line.
  return lines.find((line) => {
    const read = parse(`${line}\nNEXT='line'\n`);
    return read[name] === value && read['NEXT'] === 'line';
  });
}

/**
 * Writes a new file from the text of .env.example with these values. Only its owner may read it.
 * @param pattern the text of .env.example.
 * @throws UsageError if the file exists, ConfigError if it cannot be written.
 */
export function writeEnvFile(path: string, pattern: string, values: ReadonlyMap<string, string>): void {
  let text = pattern;
  for (const [name, value] of values) {
    const line = formatAssignment(name, value);
    if (line === undefined) throw new UsageError(`${name} cannot be written into ${path}`, { op: 'init' });
    text = text.replace(new RegExp(`^(?:# )?${name}=.*$`, 'm'), () => line);
  }
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw fileExistsError(path);
    throw new ConfigError(`${path} cannot be written: ${(cause as Error).message}`, {
      op: 'init',
      cause,
      hint: 'change to a folder that you may write to: trestle-etl will run there',
    });
  }
}

/** A configuration file is never overwritten. */
export function fileExistsError(path: string): UsageError {
  return new UsageError(`${path} already exists and is not overwritten`, {
    op: 'init',
    hint: 'edit it or move it away; trestle-etl doctor checks it',
  });
}

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type * as dotenv from 'dotenv';
import { ConfigError, UsageError } from '../errors.ts';
import type { DatabaseAddress } from '../db/address.ts';
import type { ConfigChoice, ConfigLocation } from './place.ts';
import { decodeFile } from './text-file.ts';
import { type CommonValues, commonVariables } from './variables.ts';

export type { ConfigLocation as Place } from './place.ts';

const require = createRequire(import.meta.url);

/** Loaded only if there is a file. */
function parse(text: string): Record<string, string> {
  return (require('dotenv') as typeof dotenv).parse(text);
}

export type EnvFile = {
  readonly path: string;
  readonly isThere: boolean;
  readonly values: Readonly<Record<string, string>>;
};

/** The file of a place, whether it is there or not. @throws ConfigError if the working directory was removed. */
export function fileOf({ envFile, profile, cwd }: ConfigLocation): string {
  const name = envFile ?? (profile === undefined ? '.env' : `.env.${profile}`);
  if (isAbsolute(name)) return resolve(name);
  try {
    return resolve(cwd(), name);
  } catch (cause) {
    throw new ConfigError(`the working directory cannot be found: ${(cause as Error).message}`, {
      op: 'configuration',
      cause,
      hint: 'it was removed, or may not be read: change to another one',
    });
  }
}

/** The file of a place with its variables; none where there is no `.env`. @throws ConfigError */
export function readFile(place: ConfigLocation): EnvFile {
  const path = fileOf(place);
  const isThere = existsSync(path);
  const isNamed = place.envFile !== undefined || place.profile !== undefined;
  if (isNamed && !isThere) {
    const hint = place.profile === undefined ? 'check --env-file' : 'trestle-etl init writes it';
    throw new ConfigError(`there is no file ${path}`, { op: 'configuration', hint });
  }
  return { path, isThere, values: isThere ? parse(readText(path)) : {} };
}

/** @throws ConfigError for a folder, a file that may not be read, or one that is not UTF-8. */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new ConfigError(`${path} can't be read: ${(cause as Error).message}`, {
      op: 'configuration',
      cause,
      hint: 'it must be a file that the user who runs trestle-etl may read',
    });
  }
  return decodeFile(path, bytes);
}

/** What one configuration must not share with another: two feeds in it would break each other. */
export type Own = DatabaseAddress & {
  readonly stateDir: string;
  readonly logDir: string;
  readonly metricsFile: string | undefined;
};

export type Neighbour = {
  readonly name: string;
  /** The variables by which it names what this one names too. */
  readonly shares: readonly string[];
};

/** The other configurations beside this file that have something of ours for theirs. */
export function neighbours(file: string, own: Own): Neighbour[] {
  const folder = dirname(file);
  const names = namesIn(folder).filter(
    (name) => /^\.env(\.[\w-]+)?$/.test(name) && ![basename(file), '.env.example'].includes(name),
  );
  return names
    .map((name) => ({ name, shares: sharedWith(own, folder, name) }))
    .filter(({ shares }) => shares.length > 0);
}

function sharedWith(own: Own, folder: string, name: string): string[] {
  const values = tryParse(join(folder, name));
  // A folder, or a file of somebody else's.
  if (values === undefined) return [];
  const folders = foldersOf({ profile: /^\.env\.(.+)$/.exec(name)?.[1] });
  const valueOf = (variable: keyof CommonValues): string =>
    values[variable]?.trim() ||
    folders[variable] ||
    String(commonVariables[variable].safeParse(undefined).data ?? '');
  const pathOf = (variable: keyof CommonValues): string => resolve(folder, valueOf(variable));
  const server = serverOf(valueOf('MYSQL_SOCKET'), valueOf('MYSQL_HOST'), valueOf('MYSQL_PORT'));
  const isSameDatabase =
    valueOf('MYSQL_DATABASE') === own.database &&
    server === serverOf(own.socket ?? '', own.host, String(own.port));
  const metrics = valueOf('METRICS_FILE');
  return [
    ...(isSameDatabase ? ['MYSQL_DATABASE'] : []),
    ...(pathOf('STATE_DIR') === own.stateDir ? ['STATE_DIR'] : []),
    ...(pathOf('LOG_DIR') === own.logDir ? ['LOG_DIR'] : []),
    ...(metrics !== '' && pathOf('METRICS_FILE') === own.metricsFile ? ['METRICS_FILE'] : []),
  ];
}

/** With a socket, host and port are not used. */
function serverOf(socket: string, host: string, port: string): string {
  return socket === ''
    ? `${host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.toLowerCase()}:${port}`
    : socket;
}

/** Each profile has a lock, a token and logs of its own. */
export function foldersOf({ profile }: ConfigChoice): Partial<Record<keyof CommonValues, string>> {
  return profile === undefined ? {} : { STATE_DIR: `state/${profile}`, LOG_DIR: `logs/${profile}` };
}

/** None of a folder that may be entered and not listed. */
function namesIn(folder: string): string[] {
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

/** `NAME=value` so that it is read as it was written; undefined for a text that no quotes can hold. */
export function assignment(name: string, value: string): string | undefined {
  const plain = /^[\w./:@%+-]+$/.test(value) ? [value] : [];
  const ways = [...plain, `'${value}'`, `"${value}"`, `\`${value}\``].map((text) => `${name}=${text}`);
  // A quote that is not closed would swallow the next line.
  return ways.find((line) => {
    const read = parse(`${line}\nNEXT='line'\n`);
    return read[name] === value && read['NEXT'] === 'line';
  });
}

/**
 * A new file from the text of .env.example, for its owner only: the lines of these variables have these values.
 * @throws UsageError where the file is there, ConfigError where it can't be written.
 */
export function writeEnvFile(path: string, pattern: string, values: ReadonlyMap<string, string>): void {
  let text = pattern;
  for (const [name, value] of values) {
    const line = assignment(name, value);
    if (line === undefined) throw new UsageError(`${name} can't be written into ${path}`, { op: 'init' });
    text = text.replace(new RegExp(`^(?:# )?${name}=.*$`, 'm'), () => line);
  }
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw isThereAlready(path);
    throw new ConfigError(`${path} can't be written: ${(cause as Error).message}`, {
      op: 'init',
      cause,
      hint: 'change to a folder that is yours: it is where trestle-etl runs',
    });
  }
}

/** Nothing that a person wrote is written over. */
export function isThereAlready(path: string): UsageError {
  return new UsageError(`${path} is there already, and is not written over`, {
    op: 'init',
    hint: 'edit it, or move it away; trestle-etl doctor says whether it is good',
  });
}

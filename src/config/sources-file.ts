import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { parseDuration } from '../lib/duration.ts';
import { parseYaml, type YamlFile } from '../lib/yaml.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import type { SourceKind } from '../sources/kind.ts';
import { readText } from './env-file.ts';

/** Sources that a file adds to those of the environment. */
export type SourcesFile = {
  readonly definitions: readonly SourceDefinition[];
  /** Each names the file, the line and the rule. */
  readonly problems: readonly string[];
};

const NO_SOURCES: SourcesFile = { definitions: [], problems: [] };

/** A table is named after its source: the id begins its name. */
export const SOURCE_ID = /^[a-z][a-z0-9_-]{0,30}$/;

const ID_RULE = 'a name has at most 31 of a-z, 0-9, - and _, and begins with a letter';

/**
 * Reads the sources that a file configures.
 * @param path SOURCES_FILE; undefined: `sources.yaml` in the folder, if it exists.
 * @param taken ids of sources that are not configured in the file.
 * @throws ConfigError if the file cannot be read.
 */
export function readSourcesFile(
  path: string | undefined,
  folder: string,
  kinds: readonly SourceKind[],
  taken: readonly string[],
): SourcesFile {
  const file = path === undefined ? join(folder, 'sources.yaml') : resolve(folder, path);
  if (path === undefined && !existsSync(file)) return NO_SOURCES;
  const parsed = parseYaml(readText(file));
  const inFile = (problems: readonly string[]): string[] => problems.map((problem) => `${file} ${problem}`);
  if (parsed.problems.length > 0) return { definitions: [], problems: inFile(parsed.problems) };
  const entries = (parsed.value as { sources?: unknown } | null)?.sources;
  if (!isMap(entries)) {
    return { definitions: [], problems: inFile(['line 1: must have the key sources with a map of sources']) };
  }
  const unknown = Object.keys(parsed.value as object).filter((key) => key !== 'sources');
  const read = Object.entries(entries).map(([id, value]) =>
    readEntry({ id, value, parsed, kinds, taken, folder: dirname(file) }),
  );
  return {
    definitions: read.flatMap(({ definition }) => definition ?? []),
    problems: inFile([
      ...unknown.map((key) => `line ${parsed.lineOf([key])}: unknown key ${key}`),
      ...read.flatMap(({ problems }) => problems),
    ]),
  };
}

type Entry = {
  readonly id: string;
  readonly value: unknown;
  readonly parsed: YamlFile;
  readonly kinds: readonly SourceKind[];
  readonly taken: readonly string[];
  readonly folder: string;
};

function readEntry({ id, value, parsed, kinds, taken, folder }: Entry): {
  definition?: SourceDefinition;
  problems: readonly string[];
} {
  const at = (path: readonly PropertyKey[], problem: string): string =>
    `line ${parsed.lineOf(['sources', id, ...path])}: ${[id, ...path].map(String).join('.')} ${problem}`;
  if (!SOURCE_ID.test(id)) return { problems: [at([], `is not a name: ${ID_RULE}`)] };
  if (taken.includes(id)) return { problems: [at([], 'is the name of a source that .env configures')] };
  if (!isMap(value)) return { problems: [at([], 'must be a map with the key type')] };
  const { type, every, ...settings } = value;
  const kind = kinds.find((each) => each.type === type);
  if (kind === undefined) {
    return { problems: [at(['type'], `must be one of: ${kinds.map((each) => each.type).join(', ')}`)] };
  }
  const pause =
    every === undefined
      ? kind.every
      : parseDuration(typeof every === 'number' ? String(every) : typeof every === 'string' ? every : '');
  const problems =
    pause === undefined ? [at(['every'], 'must be a duration such as 90s, 10m, 2h or 7d')] : [];
  const { success, data, error } = kind.entry().safeParse(settings);
  if (!success) {
    const invalid = error.issues.map(({ path, message }) => at(path, message));
    return { problems: [...problems, ...invalid] };
  }
  if (pause === undefined) return { problems };
  try {
    return { definition: { ...kind.define(id, data, folder), every: pause }, problems };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return { problems: [at([], cause.message)] };
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

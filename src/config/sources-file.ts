import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { parseDuration } from '../lib/duration.ts';
import { parseYaml, type YamlFile } from '../lib/yaml.ts';
import { tablePrefix } from '../dataset/table-prefix.ts';
import type { SourceDefinition } from '../sources/definition.ts';
import type { LookUp, SourceKind } from '../sources/kind.ts';
import { listTypedSecrets } from '../sources/list-typed-secrets.ts';
import { describeIssue } from './describe-issue.ts';
import { listKnownKeys } from './known-keys.ts';
import { formatSuggestion } from './format-suggestion.ts';
import { readText } from './env-file.ts';

/** Sources that a file adds to those of the environment. */
export type SourcesFile = {
  readonly definitions: readonly SourceDefinition[];
  /** Each names the file, the line and the rule. */
  readonly problems: readonly string[];
  /** The values of variables that entries refer to, and secrets that were typed. No log or message may contain them. */
  readonly secrets: readonly string[];
  /** The names of these variables. */
  readonly names: readonly string[];
};

export type SourcesFileOptions = {
  /** SOURCES_FILE; undefined: `sources.yaml` in the folder, if it exists. */
  readonly path: string | undefined;
  readonly folder: string;
  readonly kinds: readonly SourceKind[];
  /** Ids of sources that are not configured in the file. */
  readonly taken: readonly string[];
  readonly lookUp: LookUp;
};

const NO_SOURCES: SourcesFile = { definitions: [], problems: [], secrets: [], names: [] };

/** A table is named after its source: the id begins its name. */
export const SOURCE_ID = /^[a-z][a-z0-9_-]{0,30}$/;

/** Names of runs, locks and rows that belong to no source. */
const RESERVED: ReadonlySet<string> = new Set(['media']);

/** Whether a new source may have this name. */
export function isSourceName(name: string): boolean {
  return SOURCE_ID.test(name) && !RESERVED.has(name);
}

const ID_RULE = 'a name has at most 31 of a-z, 0-9, - and _, and begins with a letter';

/** Keys of the file itself: the sources, and the JSON Schema that an editor uses. */
const FILE_KEYS: ReadonlySet<string> = new Set(['sources', '$schema']);

/** Reads the sources that a file configures. @throws ConfigError if the file cannot be read. */
export function readSourcesFile({ path, folder, kinds, taken, lookUp }: SourcesFileOptions): SourcesFile {
  const file = path === undefined ? join(folder, 'sources.yaml') : resolve(folder, path);
  if (path === undefined && !existsSync(file)) return NO_SOURCES;
  const parsed = parseYaml(readText(file), 'failsafe');
  const failed = (problems: readonly string[]): SourcesFile => ({
    ...NO_SOURCES,
    problems: problems.map((problem) => `${file} ${problem}`),
  });
  if (parsed.problems.length > 0) return failed(parsed.problems);
  const entries = (parsed.value as { sources?: unknown } | null)?.sources;
  if (!isMap(entries)) return failed(['line 1: must have the key sources with a map of sources']);
  const unknown = Object.keys(parsed.value as object).filter((key) => !FILE_KEYS.has(key));
  const ids = Object.keys(entries);
  const read = Object.entries(entries).map(([id, value]) => {
    const others = [...taken, ...ids.slice(0, ids.indexOf(id))];
    return readEntry({ id, value, file, parsed, kinds, taken, others, lookUp });
  });
  return {
    definitions: read.flatMap(({ definition }) => definition ?? []),
    secrets: read.flatMap(({ secrets }) => secrets ?? []),
    names: read.flatMap(({ names }) => names ?? []),
    problems: failed([
      ...unknown.map(
        (key) => `line ${parsed.lineOf([key])}: unknown key ${key}${formatSuggestion(key, [...FILE_KEYS])}`,
      ),
      ...read.flatMap(({ problems }) => problems),
    ]).problems,
  };
}

type Entry = Pick<SourcesFileOptions, 'kinds' | 'taken' | 'lookUp'> & {
  readonly id: string;
  readonly value: unknown;
  /** The path of the file. */
  readonly file: string;
  readonly parsed: YamlFile;
  /** Ids of the sources before this one. */
  readonly others: readonly string[];
};

type ReadEntry = Partial<Pick<SourcesFile, 'secrets' | 'names'>> & {
  readonly definition?: SourceDefinition;
  readonly problems: readonly string[];
};

function readEntry(entry: Entry): ReadEntry {
  const { id, value, file, parsed, kinds } = entry;
  const locate = (path: readonly PropertyKey[]): string =>
    `line ${parsed.lineOf(['sources', id, ...path])}: ${[id, ...path].map(String).join('.')}`;
  const at = (path: readonly PropertyKey[], problem: string): string => `${locate(path)} ${problem}`;
  const wrongName = checkName(entry);
  if (wrongName !== undefined) return { problems: [at([], wrongName)] };
  if (!isMap(value)) return { problems: [at([], 'must be a map with the key type')] };
  const { type, every, ...written } = value;
  const kind = kinds.find((each) => each.type === type);
  if (kind === undefined) {
    const types = kinds.map((each) => each.type);
    const rule = `must be one of: ${types.join(', ')}`;
    return { problems: [at(['type'], `${rule}${formatSuggestion(type, types)}`)] };
  }
  const { settings, problems: unset, values, names } = resolveEntry(kind, written, entry.lookUp);
  const resolved = { secrets: [...values.values(), ...listTypedSecrets(written)], names };
  const pause = every === undefined ? kind.every : parseDuration(typeof every === 'string' ? every : '');
  const problems = [
    ...(pause === undefined ? [at(['every'], 'must be a duration such as 90s, 10m, 2h or 7d')] : []),
    ...unset.map(({ path, message }) => at(path, message)),
  ];
  const { success, data, error } = kind.entry().safeParse(settings);
  if (!success) {
    const listKeys = (path: readonly PropertyKey[]): readonly string[] => [
      ...(path.length === 0 ? ['type', 'every'] : []),
      ...listKnownKeys(kind.entry(), path),
    ];
    const found = error.issues.flatMap((issue) => describeIssue(issue, settings, listKeys));
    problems.push(...found.map((each) => at(...each)));
  }
  if (problems.length > 0 || pause === undefined) return { problems, ...resolved };
  try {
    const place = {
      folder: dirname(file),
      locate: (path: readonly PropertyKey[]) => `${file} ${locate(path)}`,
    };
    const definition = kind.define(id, data, place, { settings: written, values });
    return { definition: { ...definition, every: pause, entry: value }, problems, ...resolved };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return { problems: [at([], cause.message)], ...resolved };
  }
}

const NO_VALUES: ReadonlyMap<string, string> = new Map();

function resolveEntry(kind: SourceKind, settings: Readonly<Record<string, unknown>>, lookUp: LookUp) {
  return kind.resolve?.(settings, lookUp) ?? { settings, values: NO_VALUES, names: [], problems: [] };
}

/** @returns what is wrong with the name of a source. */
function checkName({ id, taken, others }: Entry): string | undefined {
  if (!SOURCE_ID.test(id)) return `is not a name: ${ID_RULE}`;
  if (RESERVED.has(id)) return 'is a reserved name: rename it';
  if (taken.includes(id)) return 'is the name of a source that .env configures';
  const similar = others.find((other) => tablePrefix(other) === tablePrefix(id));
  return similar === undefined ? undefined : `differs from ${similar} only in - and _: rename one of them`;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

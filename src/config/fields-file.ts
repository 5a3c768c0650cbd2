import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../errors.ts';
import { folderHint } from '../host/folder.ts';
import { replaceFile } from '../host/replace-file.ts';
import type { Addition, Additions } from '../dataset/addition.ts';
import { decodeFile } from './text-file.ts';

/** The file of the user's columns. */
export type FieldsFile = {
  readonly path: string;
  /** Returns nothing if there is no file. @throws ConfigError with all problems of the file. */
  read(): Additions;
  /** Replaces the file in one step: a reader sees the old one or the new one. @throws ConfigError if it cannot be written. */
  write(additions: Additions): void;
};

/** The version of the file's format. */
const VERSION = 1;

/**
 * @param check returns the problems of additions that are well-formed.
 * @param setting the variable that sets the path.
 */
export function createFieldsFile(
  path: string,
  check: (additions: Additions) => string[],
  setting: 'FIELDS_FILE' | 'STATE_DIR' = 'FIELDS_FILE',
): FieldsFile {
  return {
    path,
    read: () => {
      const text = readText(path, setting);
      if (text === undefined) return {};
      const problems: string[] = [];
      const additions = parse(text, problems);
      if (problems.length === 0) problems.push(...check(additions));
      if (problems.length === 0) return additions;
      throw new ConfigError(`${path} has ${problems.length} problem(s): ${problems.join('; ')}`, {
        op: 'read additions',
        hint: 'docs/fields.md describes its format',
      });
    },
    write: (additions) => {
      const filled = Object.entries(additions).filter(([, fields]) => Object.keys(fields).length > 0);
      const text = JSON.stringify({ version: VERSION, resources: Object.fromEntries(filled) }, null, 2);
      try {
        // A link is kept: the user may keep the file under version control.
        const target = existsSync(path) ? realpathSync(path) : path;
        replaceFile(target, `${text}\n`, existsSync(path) ? statSync(path).mode & 0o777 : 0o644);
      } catch (cause) {
        throw new ConfigError(`${path} cannot be written: ${(cause as Error).message}`, {
          op: 'write additions',
          cause,
          hint: 'FIELDS_FILE must name a file in a folder that this user may write to',
        });
      }
    },
  };
}

function readText(path: string, setting: 'FIELDS_FILE' | 'STATE_DIR'): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    // A missing folder is reported when it is opened; commands that only read continue without it.
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    if (setting === 'STATE_DIR') {
      throw new ConfigError(`STATE_DIR ${dirname(path)} cannot be used: ${(cause as Error).message}`, {
        op: 'read additions',
        cause,
        hint: folderHint(cause, 'STATE_DIR'),
      });
    }
    throw new ConfigError(`${path} cannot be read: ${(cause as Error).message}`, {
      op: 'read additions',
      cause,
      hint: 'FIELDS_FILE must name a file that this user may read',
    });
  }
  return decodeFile(path, bytes);
}

type Members = Readonly<Record<string, unknown>>;

/** Not with zod, which would drop a member `__proto__` and could not report the paths of unknown members. */
function parse(text: string, problems: string[]): Additions {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    problems.push(`is not JSON: ${(error as Error).message}`);
    return {};
  }
  const top = parseMembers(content, 'it', ['version', 'resources'], problems);
  if (top['version'] !== VERSION) problems.push(`version must be ${VERSION}`);
  const resources = parseMembers(top['resources'], 'resources', undefined, problems);
  return mapMembers(resources, (fields, name) =>
    mapMembers(parseMembers(fields, `resources.${name}`, undefined, problems), (addition, field) =>
      parseAddition(addition, `resources.${name}.${field}`, problems),
    ),
  );
}

function parseAddition(value: unknown, path: string, problems: string[]): Addition {
  const { type, index, table } = parseMembers(value, path, ['type', 'index', 'table'], problems);
  if (typeof type !== 'string') problems.push(`${path}.type must be a text such as "varchar(500)"`);
  if (index !== undefined && typeof index !== 'boolean') problems.push(`${path}.index must be true or false`);
  if (table !== undefined && typeof table !== 'string') problems.push(`${path}.table must be a text`);
  return {
    type: String(type),
    ...(index === true ? { index } : {}),
    ...(typeof table === 'string' ? { table } : {}),
  };
}

function parseMembers(
  value: unknown,
  path: string,
  known: readonly string[] | undefined,
  problems: string[],
): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${path} must be an object`);
    return {};
  }
  const unknown = Object.keys(value).filter((name) => known !== undefined && !known.includes(name));
  for (const name of unknown) problems.push(`${path === 'it' ? '' : `${path}.`}${name} is unknown`);
  return value as Members;
}

/** With `fromEntries`, even a name such as `__proto__` becomes an own member. */
function mapMembers<T>(members: Members, make: (value: unknown, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, make(value, name)]));
}

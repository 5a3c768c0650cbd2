import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../errors.ts';
import { folderHint } from '../host/folder.ts';
import { replaceFile } from '../host/replace-file.ts';
import type { Addition, Additions } from '../dataset/addition.ts';
import { decodeFile } from './text-file.ts';

/** The file that the user's own columns stand in. */
export type FieldsFile = {
  readonly path: string;
  /** Nothing where there is no file. @throws ConfigError with everything that is wrong with it. */
  read(): Additions;
  /** In one step: a reader sees the old file or the new. @throws ConfigError where it can't be written. */
  write(additions: Additions): void;
};

/** Of a file's layout: another one would be another number. */
const VERSION = 1;

/**
 * @param check what is wrong with additions whose form is right.
 * @param setting the variable that says where the file is.
 */
export function fieldsFile(
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
        hint: 'docs/fields.md shows what it may hold',
      });
    },
    write: (additions) => {
      const filled = Object.entries(additions).filter(([, fields]) => Object.keys(fields).length > 0);
      const text = JSON.stringify({ version: VERSION, resources: Object.fromEntries(filled) }, null, 2);
      try {
        // A link stays one: the file may lie where the user keeps it under version control.
        const target = existsSync(path) ? realpathSync(path) : path;
        replaceFile(target, `${text}\n`, existsSync(path) ? statSync(path).mode & 0o777 : 0o644);
      } catch (cause) {
        throw new ConfigError(`${path} can't be written: ${(cause as Error).message}`, {
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
    // A folder that is none is told of when it is opened; who only looks does without it.
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    if (setting === 'STATE_DIR') {
      throw new ConfigError(`STATE_DIR ${dirname(path)} cannot be used: ${(cause as Error).message}`, {
        op: 'read additions',
        cause,
        hint: folderHint(cause, 'STATE_DIR'),
      });
    }
    throw new ConfigError(`${path} can't be read: ${(cause as Error).message}`, {
      op: 'read additions',
      cause,
      hint: 'FIELDS_FILE must name a file that this user may read',
    });
  }
  return decodeFile(path, bytes);
}

type Members = Readonly<Record<string, unknown>>;

/** By hand, as zod would drop a member `__proto__` and could not tell the place of what is too much. */
function parse(text: string, problems: string[]): Additions {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    problems.push(`is no JSON: ${(error as Error).message}`);
    return {};
  }
  const top = membersOf(content, 'it', ['version', 'resources'], problems);
  if (top['version'] !== VERSION) problems.push(`version must be ${VERSION}`);
  const resources = membersOf(top['resources'], 'resources', undefined, problems);
  return mapped(resources, (fields, name) =>
    mapped(membersOf(fields, `resources.${name}`, undefined, problems), (addition, field) =>
      additionOf(addition, `resources.${name}.${field}`, problems),
    ),
  );
}

function additionOf(value: unknown, place: string, problems: string[]): Addition {
  const { type, index, table } = membersOf(value, place, ['type', 'index', 'table'], problems);
  if (typeof type !== 'string') problems.push(`${place}.type must be a text such as "varchar(500)"`);
  if (index !== undefined && typeof index !== 'boolean')
    problems.push(`${place}.index must be true or false`);
  if (table !== undefined && typeof table !== 'string') problems.push(`${place}.table must be a text`);
  return {
    type: String(type),
    ...(index === true ? { index } : {}),
    ...(typeof table === 'string' ? { table } : {}),
  };
}

function membersOf(
  value: unknown,
  place: string,
  known: readonly string[] | undefined,
  problems: string[],
): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${place} must be an object`);
    return {};
  }
  const strange = Object.keys(value).filter((name) => known !== undefined && !known.includes(name));
  for (const name of strange) problems.push(`${place === 'it' ? '' : `${place}.`}${name} is not known`);
  return value as Members;
}

/** `fromEntries` makes members of its own also of names such as `__proto__`. */
function mapped<T>(members: Members, make: (value: unknown, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, make(value, name)]));
}

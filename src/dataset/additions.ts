import type { Field, Dataset } from './dataset.ts';
import type { Addition, Additions } from './addition.ts';
import { columnOf } from './names.ts';
import { parseType, TYPES } from './types.ts';
import { selectOf, withSelect } from './reading.ts';

/** What the tool keeps in every table itself. */
const OURS = new Set(['content_hash', 'run_id', 'created_at', 'updated_at', 'deleted_at']);

/**
 * The resource with these added fields and no others. They stand behind its own ones, sorted by name: the order is part of
 * the content hash, and must not depend on how a person orders the file.
 */
export function withAdditions(resource: Dataset, additions: Readonly<Record<string, Addition>>): Dataset {
  const { added, ...rest } = resource;
  const select = selectOf(resource);
  const own = resource.fields.filter((field) => added === undefined || !Object.hasOwn(added, field.name));
  const names = Object.keys(additions).sort();
  const asked = select?.filter((name) => added === undefined || !Object.hasOwn(added, name));
  const requested = asked === undefined ? undefined : [...new Set([...asked, ...names])];
  return {
    ...withSelect(rest, requested),
    fields: [...own, ...names.flatMap((name) => fieldOf(name, additions[name]!) ?? [])],
    ...(names.length === 0 ? {} : { added: additions }),
  };
}

function fieldOf(name: string, { type: words, table }: Addition): Field | undefined {
  const type = parseType(words);
  if (type === undefined) return undefined;
  return { name, column: columnOf(name), type, ...(table === undefined ? {} : { table }) };
}

/** Everything that is wrong with additions, each with its place. */
export function problemsWith(additions: Additions, all: readonly Dataset[]): string[] {
  return Object.entries(additions).flatMap(([name, fields]) => {
    const resource = all.find((each) => each.name === name);
    if (resource === undefined) {
      return [
        `resources.${name}: there is no such resource; there are ${all.map((each) => each.name).join(', ')}`,
      ];
    }
    return Object.entries(fields).flatMap(([field, addition]) =>
      problemsOf(resource, field, addition).map((problem) => `resources.${name}.${field}${problem}`),
    );
  });
}

function problemsOf(resource: Dataset, name: string, { type, table }: Addition): string[] {
  const problems: string[] = [];
  const why = whyNoColumn(resource, name);
  if (why !== undefined) problems.push(`: ${why}`);
  if (parseType(type) === undefined)
    problems.push(`.type is "${type.slice(0, 60)}": must be one of ${TYPES}`);
  if (table !== undefined && !new RegExp(`^${resource.table}_[2-9]$`).test(table)) {
    problems.push(`.table is "${table.slice(0, 60)}": must be ${resource.table}_2 to ${resource.table}_9`);
  }
  return problems;
}

/** Why a field can't be added to a resource, whatever its type; undefined where it can. */
export function whyNoColumn(resource: Dataset, name: string): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name)) return 'is no name of a field';
  const isOwn = !Object.hasOwn(resource.added ?? {}, name);
  if (isOwn && resource.fields.some((field) => field.name === name)) {
    return 'is a column of trestle-etl already';
  }
  try {
    if (OURS.has(columnOf(name)))
      return `its column would be ${columnOf(name)}, which trestle-etl keeps itself`;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return undefined;
}

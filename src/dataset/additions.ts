import type { Field, Dataset } from './dataset.ts';
import type { Addition, Additions } from './addition.ts';
import { columnOf } from './names.ts';
import { parseType, TYPE_NAMES } from './types.ts';
import { selectOf, withSelect } from './reading.ts';

/** Columns that the tool manages in every table. */
const RESERVED_COLUMNS = new Set(['content_hash', 'run_id', 'created_at', 'updated_at', 'deleted_at']);

/**
 * Returns the dataset with exactly these added fields. They follow its own fields, sorted by name: the order is part of the
 * content hash and must not depend on the order in the file.
 */
export function withAdditions(dataset: Dataset, additions: Readonly<Record<string, Addition>>): Dataset {
  const { added, ...rest } = dataset;
  const select = selectOf(dataset);
  const ownFields = dataset.fields.filter(
    (field) => added === undefined || !Object.hasOwn(added, field.name),
  );
  const names = Object.keys(additions).sort();
  const requestedBefore = select?.filter((name) => added === undefined || !Object.hasOwn(added, name));
  const requested = requestedBefore === undefined ? undefined : [...new Set([...requestedBefore, ...names])];
  return {
    ...withSelect(rest, requested),
    fields: [...ownFields, ...names.flatMap((name) => parseField(name, additions[name]!) ?? [])],
    ...(names.length === 0 ? {} : { added: additions }),
  };
}

function parseField(name: string, { type: typeName, table }: Addition): Field | undefined {
  const type = parseType(typeName);
  if (type === undefined) return undefined;
  return { name, column: columnOf(name), type, ...(table === undefined ? {} : { table }) };
}

/** Returns every problem of the additions, each with its path. */
export function findAdditionProblems(additions: Additions, all: readonly Dataset[]): string[] {
  return Object.entries(additions).flatMap(([name, fields]) => {
    const dataset = all.find((each) => each.name === name);
    if (dataset === undefined) {
      return [
        `resources.${name}: unknown resource; known resources: ${all.map((each) => each.name).join(', ')}`,
      ];
    }
    return Object.entries(fields).flatMap(([field, addition]) =>
      findProblemsOfField(dataset, field, addition).map((problem) => `resources.${name}.${field}${problem}`),
    );
  });
}

function findProblemsOfField(dataset: Dataset, name: string, { type, table }: Addition): string[] {
  const problems: string[] = [];
  const problem = findColumnProblem(dataset, name);
  if (problem !== undefined) problems.push(`: ${problem}`);
  if (parseType(type) === undefined)
    problems.push(`.type is "${type.slice(0, 60)}": must be one of ${TYPE_NAMES}`);
  if (table !== undefined && !new RegExp(`^${dataset.table}_[2-9]$`).test(table)) {
    problems.push(`.table is "${table.slice(0, 60)}": must be ${dataset.table}_2 to ${dataset.table}_9`);
  }
  return problems;
}

/** Returns why a field of any type cannot be added to the dataset; undefined if it can. */
export function findColumnProblem(dataset: Dataset, name: string): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name)) return 'is not a valid field name';
  const isOwn = !Object.hasOwn(dataset.added ?? {}, name);
  if (isOwn && dataset.fields.some((field) => field.name === name)) {
    return 'is already a column of trestle-etl';
  }
  try {
    if (RESERVED_COLUMNS.has(columnOf(name)))
      return `its column would be ${columnOf(name)}, which trestle-etl manages itself`;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return undefined;
}

import { createRecordFinder } from '../api/records.ts';

export type FoundList = {
  readonly records: readonly unknown[];
  /** Undefined: it is found without a path. */
  readonly path: string | undefined;
};

const MAX_DEPTH = 4;

/** Finds the list of records in an answer: the longest list of objects. Undefined if there is none. */
export function findList(value: unknown): FoundList | undefined {
  const usual = findUsual(value);
  if (usual !== undefined) return { records: usual, path: undefined };
  const lists = [...listsIn(value, '', MAX_DEPTH)];
  return lists.toSorted((one, other) => other.records.length - one.records.length)[0];
}

function findUsual(value: unknown): readonly unknown[] | undefined {
  try {
    const { records, isMissing } = createRecordFinder('init', undefined)(value);
    return isMissing || !records.some(isObject) ? undefined : records;
  } catch {
    return undefined;
  }
}

function* listsIn(
  value: unknown,
  path: string,
  depth: number,
): Generator<{ records: readonly unknown[]; path: string }> {
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) yield { records: value, path };
  if (!isObject(value) || depth === 0) return;
  for (const [name, each] of Object.entries(value)) yield* listsIn(each, joinPath(path, name), depth - 1);
}

/** Adds a name to a JMESPath expression. */
export function joinPath(path: string, name: string): string {
  // The name of a field as a whole needs no quotes.
  if (path === '') return name;
  return `${path}.${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { FatalError } from '../../../errors.ts';
import { compileJsonPath } from '../../../lib/json-path.ts';
import { clean, findText } from '../error-text.ts';

/** The list of a page. */
export type FoundRecords = {
  readonly records: readonly unknown[];
  /** Whether there is no list at all, not even an empty one or null. */
  readonly isMissing: boolean;
};

/** Names that lists of records have. */
const NAMES = ['data', 'results', 'items', 'value', 'features', 'observations'];

/**
 * Creates the function that finds the records of an answer. Null, a missing list and an empty one are an empty page.
 * @param path of the list; undefined: the answer itself, or the only list among the usual names.
 * @returns a function that throws FatalError if there is something else than a list, or an error in place of one.
 */
export function createRecordFinder(id: string, path: string | undefined): (value: unknown) => FoundRecords {
  const find = path === undefined ? findList : compileJsonPath(path);
  const fail = (message: string): FatalError =>
    new FatalError(`${id}: ${message}`, { op: 'read', hint: `set records of ${id} in sources.yaml` });
  return (value) => {
    const found = find(value);
    if (Array.isArray(found)) return { records: found, isMissing: false };
    const error = findError(value);
    if (error !== undefined) throw fail(`the answer has an error instead of records: ${error}`);
    if (found === SEVERAL) throw fail('the answer has several lists');
    if (found === null || found === undefined) return { records: [], isMissing: !isNull(value, path) };
    throw fail(`${path ?? 'the answer'} is not a list`);
  };
}

const SEVERAL = Symbol('several lists');

function findList(value: unknown): unknown {
  if (Array.isArray(value) || !isObject(value)) return value;
  const lists = NAMES.flatMap((name) => (Array.isArray(value[name]) ? [value[name]] : []));
  return lists.length > 1 ? SEVERAL : lists[0];
}

/** Whether the answer, or its list, is null rather than missing. JMESPath returns null for both. */
function isNull(value: unknown, path: string | undefined): boolean {
  if (value === null) return true;
  if (!isObject(value)) return false;
  const names = path === undefined ? NAMES : [path];
  return names.some((name) => value[name] === null);
}

function findError(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const text = findText([value['error'], value['errors']].find((each) => findText(each) !== undefined));
  return text === undefined ? undefined : clean(text);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

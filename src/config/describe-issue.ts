import { formatSuggestion } from './format-suggestion.ts';

/** What zod reports of a wrong value (https://zod.dev/packages/core#issue-types); only what is used here. */
export type SchemaIssue = {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of each form that a value can have. */
  readonly errors?: readonly (readonly SchemaIssue[])[];
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  /** What is wrong with a key. */
  readonly issues?: readonly SchemaIssue[];
};

/** A place in the value, and what is wrong there. */
export type Problem = readonly [path: readonly PropertyKey[], message: string];

/**
 * Describes wrong values in words of YAML. Of several forms that a value can have, the one that fits best is explained.
 * @param value what was checked as a whole.
 * @param listKeys lists the keys that are known at a path, for suggestions.
 */
export function describeIssue(
  issue: SchemaIssue,
  value: unknown,
  listKeys: (path: readonly PropertyKey[]) => readonly string[],
): Problem[] {
  const { code, path, keys = [] } = issue;
  if (code === 'unrecognized_keys')
    return keys.map((key) => [[...path, key], `is not a known key${formatSuggestion(key, listKeys(path))}`]);
  const own = valueAt(value, path);
  const suggestion = formatSuggestion(own, listValues(issue));
  if (code !== 'invalid_union') return [[path, `${describeRule(issue, own)}${suggestion}`]];
  if (own === undefined) return [[path, 'must be set']];
  const template = asTemplate(own);
  if (template !== undefined) return [[path, `is a map: put a template between quotes: "${template}"`]];
  const best = chooseForm(issue, own);
  return best === undefined
    ? [[path, `${describeForms(issue)}${suggestion}`]]
    : best.flatMap((each) => describeIssue({ ...each, path: [...path, ...each.path] }, value, listKeys));
}

/** The texts that a value may be, in any of its forms. */
function listValues({ values = [], errors = [] }: SchemaIssue): string[] {
  const forms = errors.flat().filter((each) => each.path.length === 0);
  return [...values, ...forms.flatMap((each) => each.values ?? [])].filter(
    (each) => typeof each === 'string',
  );
}

/** To YAML `{title}` is a map with an empty value. */
function asTemplate(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const isEmpty = Object.values(value).every((each) => each === null || each === '');
  return isEmpty && Object.keys(value).length > 0 ? `{${Object.keys(value).join(', ')}}` : undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function describeRule(issue: SchemaIssue, value: unknown): string {
  const { code, message, expected = '', values = [], origin, minimum, maximum } = issue;
  if (value === undefined && (code === 'invalid_type' || code === 'invalid_value')) return 'must be set';
  if (code === 'invalid_type') return `must be ${NAMES[expected] ?? expected}`;
  if (code === 'invalid_value')
    return `must be ${values.length === 1 ? '' : 'one of: '}${values.map(quote).join(', ')}`;
  if (code === 'too_small') return origin === 'number' ? `must be at least ${minimum}` : 'must not be empty';
  if (code === 'too_big' && origin === 'number') return `must be at most ${maximum}`;
  if (code === 'invalid_key') return issue.issues?.[0]?.message ?? message;
  return message;
}

/** `.` and `,` could not be told from the rest of the sentence. */
function quote(value: unknown): string {
  return /^\W*$/.test(String(value)) ? JSON.stringify(value) : String(value);
}

type Form = readonly SchemaIssue[];

/** The form that the user means; undefined if none is nearer than the others. */
function chooseForm({ message, errors = [] }: SchemaIssue, value: unknown): Form | undefined {
  const possible = errors.filter((form) => !form.some(isWrongType));
  const own = message !== 'Invalid input';
  const meant = own
    ? possible.filter(
        (form) => !hasMissing(form, value) || !form.some(({ code }) => code === 'unrecognized_keys'),
      )
    : possible;
  if (own && meant.length === possible.length) return undefined;
  return meant.toSorted((one, other) => countProblems(one) - countProblems(other))[0];
}

/** Whether a map was expected and the value is text, or text was expected and it is a map. */
function isWrongType({ code, path }: SchemaIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function hasMissing(form: Form, value: unknown): boolean {
  return form.some(({ path }) => valueAt(value, path) === undefined);
}

function countProblems(form: Form): number {
  return form.reduce((sum, { keys }) => sum + (keys?.length ?? 1), 0);
}

function describeForms({ message, errors = [] }: SchemaIssue): string {
  if (message !== 'Invalid input') return message;
  const words = errors.flat().flatMap((issue) => (isWrongType(issue) ? [describeRule(issue, '')] : []));
  const forms = [...new Set(words)].map((text) => text.replace(/^must be (?:one of: )?/, ''));
  return forms.length === 0 ? message : `must be ${forms.join(' or ')}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) found = (found as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key];
  return found;
}

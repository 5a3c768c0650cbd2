import { createRequire } from 'node:module';
import type * as jmespath from '@jmespath-community/jmespath';
import { findCallProblem, mayBeHeading } from './json-path-calls.ts';

const require = createRequire(import.meta.url);

/** Finds a value in parsed JSON; undefined or null if there is none. */
export type JsonPath = (value: unknown) => unknown;

/** A plain name, which needs no expression. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Compiles a path: the name of a field, or a JMESPath expression. A field that has the whole text as its name is preferred,
 * such as `@odata.nextLink` or `:updated_at`. A text that is not an expression can only be such a name.
 */
export function compileJsonPath(text: string): JsonPath {
  const search = NAME.test(text) ? undefined : compileExpression(text);
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Array.isArray(value) && Object.hasOwn(value, text)) {
      return (value as Readonly<Record<string, unknown>>)[text];
    }
    return search?.(value);
  };
}

/**
 * Compiles a JMESPath expression (https://jmespath.site). It finds null if there is no value, or if one of its functions does
 * not take the value that it gets.
 * @returns undefined if the text is not an expression.
 */
export function compileExpression(text: string): JsonPath | undefined {
  const { TreeInterpreter } = loadJmespath();
  const { tree } = parse(text);
  if (tree === undefined) return undefined;
  return (value) => {
    try {
      return TreeInterpreter.search(tree, value as jmespath.JSONValue) ?? null;
    } catch {
      return null;
    }
  };
}

/** What only expressions have; names of fields have it rarely, such as `Amount ($)` or `@odata.nextLink`. */
const SYNTAX = /[.[\]|&()`@*?]/;

/**
 * Returns what is wrong with a text that looks like a JMESPath expression: its syntax, or a call of a function. Undefined for an
 * expression, and for a plain name.
 */
export function findExpressionProblem(text: string): string | undefined {
  if (!SYNTAX.test(text) || NAME.test(text)) return undefined;
  const { tree, problem } = parse(text);
  return tree === undefined ? problem : findCallProblem(tree, functionTable());
}

/** Returns what is wrong with the calls of functions in a text that cannot be the name of a field. */
export function findWrongCall(text: string): string | undefined {
  if (!text.includes('(') || mayBeHeading(text)) return undefined;
  const { tree } = parse(text);
  return tree === undefined ? undefined : findCallProblem(tree, functionTable());
}

function functionTable() {
  const { _functionTable: functions } = loadJmespath().TreeInterpreter.runtime;
  return functions;
}

type Parsed =
  | { readonly tree: ReturnType<typeof jmespath.compile>; readonly problem?: undefined }
  | { readonly tree?: undefined; readonly problem: string };

function parse(text: string): Parsed {
  try {
    return { tree: loadJmespath().compile(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: reason.replace(/^Syntax error[:,] */, '') };
  }
}

/** A package of CommonJS, which is loaded when the first expression needs it. */
function loadJmespath(): typeof jmespath {
  return require('@jmespath-community/jmespath') as typeof jmespath;
}

import { createRequire } from 'node:module';
import type * as jmespath from '@jmespath-community/jmespath';

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
  // A package of CommonJS is loaded when the first expression needs it.
  const { compile, TreeInterpreter } = require('@jmespath-community/jmespath') as typeof jmespath;
  let tree: ReturnType<typeof compile>;
  try {
    tree = compile(text);
  } catch {
    return undefined;
  }
  return (value) => {
    try {
      return TreeInterpreter.search(tree, value as jmespath.JSONValue) ?? null;
    } catch {
      return null;
    }
  };
}

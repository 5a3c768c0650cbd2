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
  const search = NAME.test(text) ? undefined : compile(text);
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Array.isArray(value) && Object.hasOwn(value, text)) {
      return (value as Readonly<Record<string, unknown>>)[text];
    }
    return search?.(value);
  };
}

/** An expression fails on values that its functions do not take. */
function tryTo(search: () => unknown): unknown {
  try {
    return search();
  } catch {
    return undefined;
  }
}

/** @returns undefined if the text is not an expression: then it can only be the name of a field. */
function compile(text: string): JsonPath | undefined {
  const { compile: parse, TreeInterpreter } = require('@jmespath-community/jmespath') as typeof jmespath;
  try {
    const tree = parse(text);
    return (value) => tryTo(() => TreeInterpreter.search(tree, value as jmespath.JSONValue));
  } catch {
    return undefined;
  }
}

import { createRequire } from 'node:module';
import type * as jmespath from '@jmespath-community/jmespath';
import type { Json, RawRecord } from '../../items.ts';

const require = createRequire(import.meta.url);

/**
 * Compiles a JMESPath expression. https://jmespath.site
 * @returns a function that evaluates it, and returns null if it has no value or cannot be evaluated for the record; undefined
 *   if the text is not an expression.
 */
export function compileExpression(text: string): ((record: RawRecord) => Json) | undefined {
  // A package of CommonJS is loaded when the first expression needs it.
  const { compile, TreeInterpreter } = require('@jmespath-community/jmespath') as typeof jmespath;
  let tree: ReturnType<typeof compile>;
  try {
    tree = compile(text);
  } catch {
    return undefined;
  }
  return (record) => {
    try {
      return TreeInterpreter.search(tree, record as never) ?? null;
    } catch {
      return null;
    }
  };
}

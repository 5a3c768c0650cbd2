import { editDistance } from './edit-distance.ts';

/** The functions of JMESPath by name, each with its arguments. */
export type FunctionTable = {
  readonly [name: string]: {
    readonly _signature: readonly { readonly variadic?: boolean; readonly optional?: boolean }[];
  };
};

/** `Cost (USD)` and `area(sqft)` parse as calls of functions, and are names of columns in spreadsheets. */
const HEADING = /^\w+(?: \([^()]*\)|\([\w$%#/ ]*\))$/;

export function mayBeHeading(text: string): boolean {
  return HEADING.test(text);
}

const NO_FUNCTION = { _signature: undefined };

/** Finds a call of an unknown function, or one with too few or too many arguments. @param tree a parsed expression. */
export function findCallProblem(tree: object, functions: FunctionTable): string | undefined {
  for (const { name, children } of callsIn(tree)) {
    const { _signature: signature } = Object.hasOwn(functions, name) ? functions[name]! : NO_FUNCTION;
    const problem =
      signature === undefined
        ? `there is no function ${name}(); the nearest is ${findNearest(name, Object.keys(functions))}()`
        : checkCount(name, children.length, signature);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type Call = { readonly name: string; readonly children: readonly unknown[] };

/** Literals are not searched: they can have any members. */
function* callsIn(node: unknown): Generator<Call> {
  if (typeof node !== 'object' || node === null) return;
  const { type, name, children } = node as { type?: unknown; name?: unknown; children?: unknown };
  if (type === 'Literal') return;
  if (type === 'Function' && typeof name === 'string' && Array.isArray(children)) yield { name, children };
  for (const each of Object.values(node)) yield* callsIn(each);
}

function checkCount(
  name: string,
  count: number,
  signature: FunctionTable[string]['_signature'],
): string | undefined {
  const min = signature.filter(({ optional }) => optional !== true).length;
  const max = signature.at(-1)?.variadic === true ? Infinity : signature.length;
  if (count >= min && count <= max) return undefined;
  const expected = min === max ? String(min) : max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  return `${name}() takes ${expected} argument${/\b1$/.test(expected) ? '' : 's'}, and has ${count}`;
}

function findNearest(name: string, known: readonly string[]): string {
  const distances = known.map((each) => [each, editDistance(each, name.toLowerCase())] as const);
  return distances.reduce((best, each) => (each[1] < best[1] ? each : best))[0];
}

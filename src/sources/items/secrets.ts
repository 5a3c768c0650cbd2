import type { LookUp, ResolvedEntry } from '../kind.ts';

/** Where references to variables are replaced: what is sent to a server. */
const KEYS: ReadonlySet<string> = new Set(['url', 'query', 'headers', 'auth']);

const REFERENCE = /\$\{([^}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

type Found = {
  readonly values: Map<string, string>;
  readonly names: Set<string>;
  readonly problems: { readonly path: readonly PropertyKey[]; readonly message: string }[];
};

/** Replaces `${NAME}` in url, query, headers and auth. A variable that is not set is a problem, and stays as it is. */
export function resolveReferences(
  settings: Readonly<Record<string, unknown>>,
  lookUp: LookUp,
): ResolvedEntry {
  const found: Found = { values: new Map(), names: new Set(), problems: [] };
  const resolved = Object.entries(settings).map(([key, value]) => [
    key,
    KEYS.has(key) ? replace(value, [key], lookUp, found) : value,
  ]);
  return {
    settings: Object.fromEntries(resolved) as Record<string, unknown>,
    values: found.values,
    names: [...found.names],
    problems: found.problems,
  };
}

function replace(value: unknown, path: readonly PropertyKey[], lookUp: LookUp, found: Found): unknown {
  if (typeof value === 'string') return replaceInText(value, path, lookUp, found);
  if (Array.isArray(value)) return value.map((each, n) => replace(each, [...path, n], lookUp, found));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replace(each, [...path, key], lookUp, found)]),
  );
}

function replaceInText(text: string, path: readonly PropertyKey[], lookUp: LookUp, found: Found): string {
  return text.replaceAll(REFERENCE, (reference, name: string, end: string) => {
    const refuse = (message: string): string => {
      found.problems.push({ path, message });
      return reference;
    };
    if (end === '' || !NAME.test(name)) return refuse(`has "\${" without a name and "}": write \${NAME}`);
    found.names.add(name);
    const value = lookUp(name);
    if (value === undefined) return refuse(`refers to ${name}, which is not set: add it to .env`);
    found.values.set(name, value);
    return value;
  });
}

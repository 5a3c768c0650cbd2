import type { Variables } from '../lib/variable-types.ts';

/** Returns the default of a variable as text; empty if it has none. */
export function formatDefault(variables: Variables, name: string): string {
  const { data } = typeOf(variables, name).safeParse(undefined);
  if (Array.isArray(data)) return data.map(formatEntry).join(',');
  return typeof data === 'string' || typeof data === 'number' ? String(data) : '';
}

/** A host of MYSQL_HOST has a default without a port. */
function formatEntry(entry: string | { readonly host: string }): string {
  return typeof entry === 'string' ? entry : entry.host;
}

/** Returns why a text is not a valid value of a variable; undefined if it is valid. */
export function findProblem(variables: Variables, name: string, text: string): string | undefined {
  const isSet = text.trim() !== '';
  const parsed = typeOf(variables, name).safeParse(isSet ? text : undefined);
  if (parsed.success) return undefined;
  return isSet ? parsed.error.issues[0]?.message : 'must be set';
}

function typeOf(variables: Variables, name: string): Variables[string] {
  const type = variables[name];
  if (type === undefined) throw new TypeError(`there is no variable ${name}`);
  return type;
}

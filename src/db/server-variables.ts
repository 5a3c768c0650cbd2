/** A row of SHOW VARIABLES or SHOW STATUS. */
export type ServerVariable = { readonly Variable_name: string; readonly Value: string };

/** Names the kind of a list of variables. */
export type VariableKind = 'GLOBAL VARIABLES' | 'SESSION VARIABLES' | 'GLOBAL STATUS';

/** Builds the statement that reads these variables. A server has only some of them. */
export function showVariables(kind: VariableKind, names: readonly string[]): string {
  return `SHOW ${kind} WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`;
}

/** Returns the values by their names in lower case. */
export function valuesByName(rows: readonly ServerVariable[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
}

/** Whether a variable is on; servers return ON or 1. */
export function isOn(value: string | undefined): boolean {
  return /^(on|1)$/i.test(value ?? '');
}

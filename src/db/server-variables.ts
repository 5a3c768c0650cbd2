import type { SendQuery } from './send-query.ts';

/** Values by their names in lower case. */
export type ServerVariables = Readonly<Record<string, string>>;

type VariableKind = 'GLOBAL VARIABLES' | 'SESSION VARIABLES' | 'GLOBAL STATUS';

/** A row of SHOW VARIABLES or SHOW STATUS. */
type ServerVariable = { readonly Variable_name: string; readonly Value: string };

/** Reads these variables. Those that the server does not have are missing. */
export async function readServerVariables(
  query: SendQuery,
  kind: VariableKind,
  names: readonly string[],
): Promise<ServerVariables> {
  const list = names.map((name) => `'${name}'`).join(', ');
  const rows = await query(`SHOW ${kind} WHERE Variable_name IN (${list})`);
  return Object.fromEntries(
    (rows as readonly ServerVariable[]).map((row) => [row.Variable_name.toLowerCase(), row.Value]),
  );
}

/** Whether a variable is on; servers return ON or 1. */
export function isOn(value: string | undefined): boolean {
  return /^(on|1)$/i.test(value ?? '');
}

import { errnoOf } from './errors.ts';
import type { Session } from './pool.ts';
import { SESSION_SETTINGS } from './session.ts';

const UNKNOWN_VARIABLE = 1193;

/**
 * Reads this connection's values of `SESSION_SETTINGS`, without variables that the server lacks. Uses SELECTs of a single row:
 * sql_select_limit and max_join_size would affect SHOW VARIABLES.
 */
export async function readSession(session: Session): Promise<Readonly<Record<string, string>>> {
  const common = SESSION_SETTINGS.filter(({ isRare }) => isRare !== true).map(({ name }) => name);
  const rare = SESSION_SETTINGS.filter(({ isRare }) => isRare === true).map(({ name }) => name);
  const found = await readVariables(session, common);
  const values = found ?? (await readOneByOne(session, common));
  return { ...values, ...(await readOneByOne(session, rare)) };
}

async function readOneByOne(session: Session, names: readonly string[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const name of names) Object.assign(values, await readVariables(session, [name]));
  return values;
}

/** @returns undefined if the server lacks one of them. */
async function readVariables(
  session: Session,
  names: readonly string[],
): Promise<Record<string, string> | undefined> {
  const columns = names.map((name) => `@@SESSION.${name} AS ${name}`).join(', ');
  try {
    const [row] = await session.select<Record<string, string | number | null>>(`SELECT ${columns}`);
    return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, String(value ?? '')]));
  } catch (error) {
    if (errnoOf(error) !== UNKNOWN_VARIABLE) throw error;
    return undefined;
  }
}

import { DENIED, errnoOf, SAME_COLUMN } from './errors.ts';
import type { Session } from './pool.ts';

/** The rights that docs/database.md lists. */
export const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'CREATE VIEW'] as const;

/** `RIGHTS`, and DROP, which only side tables need. */
export type Right = (typeof RIGHTS)[number] | 'DROP';

/**
 * Every probe fails and changes nothing: the table does not exist, and no table can have the same column twice. Servers check
 * rights first, including those of roles, which `SHOW GRANTS` does not resolve. Verified on MySQL 9.7 and MariaDB 10.11.
 */
const PROBES: Readonly<Record<Right, string>> = {
  SELECT: 'SELECT 1 FROM etl_no_table LIMIT 1',
  INSERT: 'INSERT INTO etl_no_table VALUES (1)',
  UPDATE: 'UPDATE etl_no_table SET a = 1',
  DELETE: 'DELETE FROM etl_no_table',
  CREATE: 'CREATE TABLE etl_no_table (a INT, a INT)',
  ALTER: 'ALTER TABLE etl_no_table ADD COLUMN a INT',
  DROP: 'DROP TABLE etl_no_table',
  'CREATE VIEW': 'CREATE VIEW etl_no_view AS SELECT 1 AS a FROM etl_no_table',
};

const [NO_SUCH_TABLE, UNKNOWN_TABLE] = [1146, 1051];

/** Returns the rights that the user lacks on the database. @throws EtlError if this cannot be determined. */
export async function missingRights(session: Session, rights: readonly Right[] = RIGHTS): Promise<Right[]> {
  const missing: Right[] = [];
  for (const right of rights) if (await isDenied(session, PROBES[right])) missing.push(right);
  return missing;
}

async function isDenied(session: Session, sql: string): Promise<boolean> {
  try {
    await session.run(sql);
    return false;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === DENIED) return true;
    if (errno === NO_SUCH_TABLE || errno === UNKNOWN_TABLE || errno === SAME_COLUMN) return false;
    throw error;
  }
}

/**
 * Returns a GRANT that both servers accept for any name. Names are quoted with back-ticks: there, a backslash is
 * not an escape in any sql_mode. In the name of a database, `_` and `%` are wildcards and must be escaped.
 * @param account as CURRENT_USER() returns it: `o'neil@localhost`.
 */
export function grantStatement(database: string, account: string, rights: readonly Right[] = RIGHTS): string {
  const at = account.lastIndexOf('@');
  const [user, host] = [account.slice(0, at), account.slice(at + 1)];
  const pattern = database.replaceAll(/[\\_%]/g, String.raw`\$&`);
  return `GRANT ${rights.join(', ')} ON ${quote(pattern)}.* TO ${quote(user)}@${quote(host)}`;
}

/** Back-ticks cannot quote the empty name of the anonymous user. */
function quote(name: string): string {
  return name === '' ? "''" : `\`${name.replaceAll('`', '``')}\``;
}

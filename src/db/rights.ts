import { errnoOf, SAME_COLUMN } from './errors.ts';
import type { Session } from './pool.ts';

/** The rights that docs/database.md lists. */
export const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'CREATE VIEW'] as const;

/** Those of `RIGHTS`, and what only tables beside a resource's own take. */
export type Right = (typeof RIGHTS)[number] | 'DROP';

/**
 * Each fails, and changes nothing: there is no such table, and none with twice the same column can be made. Servers look
 * at the rights first, those of roles too, which no reading of `SHOW GRANTS` gets right. Seen on MySQL 9.7, MariaDB 10.11.
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

const [NO_SUCH_TABLE, UNKNOWN_TABLE, DENIED] = [1146, 1051, 1142];

/** Those that the user lacks on the database. @throws EtlError where that can't be told. */
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
 * A GRANT of `RIGHTS` that both servers take as it is, whatever the names hold. Names stand between back-ticks, where a
 * backslash is no escape in any sql_mode. In the name of a database `_` and `%` would stand for other letters.
 * @param account as CURRENT_USER() returns it: `o'neil@localhost`.
 */
export function grantStatement(database: string, account: string): string {
  const at = account.lastIndexOf('@');
  const [user, host] = [account.slice(0, at), account.slice(at + 1)];
  const pattern = database.replaceAll(/[\\_%]/g, String.raw`\$&`);
  return `GRANT ${RIGHTS.join(', ')} ON ${quote(pattern)}.* TO ${quote(user)}@${quote(host)}`;
}

/** The anonymous user's name is empty, which back-ticks cannot hold. */
function quote(name: string): string {
  return name === '' ? "''" : `\`${name.replaceAll('`', '``')}\``;
}

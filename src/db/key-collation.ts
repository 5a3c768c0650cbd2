import { ConfigError } from '../errors.ts';
import { placeholders } from './placeholders.ts';
import type { Session } from './pool.ts';

/** Collations that distinguish any two keys: binary, and trailing spaces are significant. */
export const KEY_COLLATIONS: readonly string[] = ['utf8mb4_0900_bin', 'utf8mb4_nopad_bin'];

/** MySQL ≥ 8.0.17 and TiDB have the first, MariaDB the second. @throws ConfigError if the server has neither. */
export async function readKeyCollation(session: Session): Promise<string> {
  const rows = await session.select<{ name: string }>(
    `SELECT collation_name AS name FROM information_schema.collations WHERE collation_name IN (${placeholders(KEY_COLLATIONS.length)}) ORDER BY collation_name`,
    KEY_COLLATIONS,
  );
  const name = rows[0]?.name;
  if (name === undefined) {
    throw new ConfigError('the database server has no binary collation without padding for utf8mb4', {
      op: 'migrate',
      hint: 'use MySQL 8.0.17 or newer, MariaDB 10.2 or newer, or TiDB',
    });
  }
  return name;
}

import { ConfigError } from '../errors.ts';
import { placeholders } from './placeholders.ts';
import type { Session } from './pool.ts';

/** Collations that tell any two keys apart: binary, and trailing spaces count. */
export const KEY_COLLATIONS: readonly string[] = ['utf8mb4_0900_bin', 'utf8mb4_nopad_bin'];

/** MySQL ≥ 8.0.17 and TiDB have the first, MariaDB the second: binary, and trailing spaces count. */
export async function readKeyCollation(session: Session): Promise<string> {
  const rows = await session.select<{ name: string }>(
    `SELECT collation_name AS name FROM information_schema.collations WHERE collation_name IN (${placeholders(KEY_COLLATIONS.length)}) ORDER BY collation_name`,
    KEY_COLLATIONS,
  );
  const name = rows[0]?.name;
  if (name === undefined) {
    throw new ConfigError('the database server has no binary collation without padding for utf8mb4', {
      op: 'migrate',
      hint: 'MySQL 8.0.17 or newer, MariaDB 10.2 or newer, or TiDB is needed',
    });
  }
  return name;
}

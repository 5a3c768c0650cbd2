import type { Session } from '../db/pool.ts';

const MAX_EACH = 3;

/** Reads the ids of stored records next to an id that is not stored, in the order of ids. */
export async function readNeighbours(session: Session, source: string, key: string): Promise<string[]> {
  const select = (side: string, order: string): Promise<{ key: string }[]> =>
    session.select<{ key: string }>(
      `SELECT external_id AS \`key\` FROM raw_data WHERE source_name = ? AND external_id ${side} ? ` +
        `ORDER BY external_id ${order} LIMIT ${MAX_EACH}`,
      [source, key],
    );
  const before = await select('<', 'DESC');
  const after = await select('>', 'ASC');
  return [...before.toReversed(), ...after].map((row) => row.key);
}

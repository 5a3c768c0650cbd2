import { RowRefusedError } from '../errors.ts';
import { serverMessageOf } from './errors.ts';
import type { Session } from './pool.ts';

/**
 * Runs `work` for all items. If the server refuses one of their rows, rolls back and runs `work` for each half, until only the
 * items at fault are left out. Must be called in a transaction.
 * @param isRepeatable whether `work` may run again without a rollback: then no savepoint is set.
 * @returns the items that were left out, each with the server's message.
 */
export async function applyBisecting<T>(
  session: Session,
  items: readonly T[],
  work: (items: readonly T[]) => Promise<void>,
  isRepeatable = false,
): Promise<Map<T, string>> {
  if (items.length === 0) return new Map();
  if (!isRepeatable) await session.run('SAVEPOINT etl_half');
  try {
    await work(items);
    return new Map();
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    if (!isRepeatable) await session.run('ROLLBACK TO SAVEPOINT etl_half');
    if (items.length === 1) return new Map([[items[0]!, serverMessageOf(error)]]);
  }
  const half = Math.ceil(items.length / 2);
  const first = await applyBisecting(session, items.slice(0, half), work, isRepeatable);
  const second = await applyBisecting(session, items.slice(half), work, isRepeatable);
  return new Map([...first, ...second]);
}

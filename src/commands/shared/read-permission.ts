import type { Context } from '../../app/context.ts';
import { readItemState } from '../../record/item-checkpoint.ts';
import { decidePermission, type Permission } from '../../run/items/breaker.ts';
import { hasCurrentTables } from './has-current-tables.ts';

/**
 * Whether a source of items may be read now. A database without tables, or with older ones, knows no reason against it.
 * @param always a user asks for it.
 */
export async function readPermission(
  { database, tools }: Pick<Context, 'database' | 'tools'>,
  id: string,
  always: boolean,
): Promise<Permission> {
  if (!(await hasCurrentTables({ database, tools }))) return { kind: 'go' };
  return decidePermission(await readItemState(database, id), tools.clock.now(), always);
}

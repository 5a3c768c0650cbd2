import type { Context } from '../../app/context.ts';
import type { Session } from '../../db/pool.ts';
import type { ItemsHealth } from '../../model/alert.ts';
import { readItemState } from '../../record/item-checkpoint.ts';
import { readLastEnds } from '../../record/run-log.ts';
import { decidePermission } from '../../run/items/breaker.ts';
import { staleAfter } from '../../report/stale-items.ts';

/** Reads what alerts need to know of a source of items; undefined for another source. */
export async function readItemsHealth(
  session: Session,
  { config, sources, tools }: Pick<Context, 'config' | 'sources' | 'tools'>,
): Promise<ItemsHealth | undefined> {
  const { id, items } = tools.source;
  if (items === undefined) return undefined;
  const now = tools.clock.now();
  const state = await readItemState(session, id);
  const { completed } = await readLastEnds(session, id);
  const every = sources.find((each) => each.id === id)?.every ?? 0;
  const permission = decidePermission(state, now, false);
  return {
    age: completed === undefined ? null : Math.max(0, now - completed),
    maxAge: staleAfter(Math.max(every, state?.minPause ?? 0), config.alerts.maxAge),
    failures: state?.failures ?? 0,
    pausedUntil: permission.kind === 'pause' ? permission.until : undefined,
  };
}

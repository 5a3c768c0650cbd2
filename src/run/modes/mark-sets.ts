import { applyByHalves } from '../../db/by-halves.ts';
import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reject } from '../../model/row.ts';
import { type StaleParent, markSetsFetched, postponeFetch } from '../../record/stale-parents.ts';
import { unmarkableReject } from '../blocked.ts';

export type MarkedSets = {
  /** Listings whose sets are as the feed has them. */
  readonly done: readonly StaleParent[];
  /** Those whose sets are asked for again after a while. */
  readonly later: readonly StaleParent[];
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly at: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/**
 * Notes with the listings which sets were fetched, and which are asked for later.
 * @returns the listings that the server refuses to change: they stay due.
 */
export async function markSets(
  session: Session,
  dataset: Dataset,
  { done, later, at, now }: MarkedSets,
): Promise<Reject[]> {
  const mark = (some: readonly StaleParent[]): Promise<void> => markSetsFetched(session, dataset, some, at);
  const put = async (some: readonly StaleParent[]): Promise<void> => {
    for (const listing of some) await postponeFetch(session, dataset, listing, now);
  };
  const refused = [
    ...(await applyByHalves(session, done, mark, true)),
    ...(await applyByHalves(session, later, put)),
  ];
  return refused.map(([{ key }, message]) => unmarkableReject(key, message));
}

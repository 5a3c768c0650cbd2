import { applyBisecting } from '../../db/by-halves.ts';
import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reject } from '../../model/row.ts';
import { type StaleParent, markSetsFetched, postponeFetch } from '../../record/stale-parents.ts';
import { unmarkableReject } from '../blocked.ts';

export type MarkedSets = {
  /** Listings whose child records match the feed. */
  readonly done: readonly StaleParent[];
  /** Listings whose child records are requested again later. */
  readonly later: readonly StaleParent[];
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly at: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/**
 * Records with each listing whether its child records were fetched or are requested later.
 * @returns a reject for each listing that the database refuses to change; it stays stale.
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
    ...(await applyBisecting(session, done, mark, true)),
    ...(await applyBisecting(session, later, put)),
  ];
  return refused.map(([{ key }, message]) => unmarkableReject(key, message));
}

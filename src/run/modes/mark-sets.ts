import { applyByHalves } from '../../db/by-halves.ts';
import type { Session } from '../../db/pool.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reject } from '../../model/row.ts';
import { type DueListing, markFetched, postpone } from '../../record/due.ts';
import { unmarkableReject } from '../blocked.ts';

export type MarkedSets = {
  /** Listings whose child records match the feed. */
  readonly done: readonly DueListing[];
  /** Listings whose child records are requested again later. */
  readonly later: readonly DueListing[];
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
  const mark = (some: readonly DueListing[]): Promise<void> => markFetched(session, dataset, some, at);
  const put = async (some: readonly DueListing[]): Promise<void> => {
    for (const listing of some) await postpone(session, dataset, listing, now);
  };
  const refused = [
    ...(await applyByHalves(session, done, mark, true)),
    ...(await applyByHalves(session, later, put)),
  ];
  return refused.map(([{ key }, message]) => unmarkableReject(key, message));
}

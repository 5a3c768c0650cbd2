import type { Dataset } from '../../dataset/dataset.ts';
import { replaceChildren } from '../../load/children.ts';
import { deleteFieldIssues } from '../../record/field-issue.ts';
import { clearQuarantinedSets } from '../../record/quarantine.ts';
import type { StaleParent } from '../../record/stale-parents.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { undeletableReject } from '../blocked.ts';
import { commit } from '../commit.ts';
import { keepWatermark } from '../fence.ts';
import type { FetchedSets } from './fetch-sets.ts';
import { markSets } from './mark-sets.ts';

/** The listings of one batch, by the plausibility of their records. */
export type SetReplacement = {
  /** Their stored sets are replaced. */
  readonly proven: readonly StaleParent[];
  /** Requested again by a later run: the records sent are stored, and none is deleted. */
  readonly postponed?: readonly StaleParent[];
  /** The new watermark; unchanged by default. */
  readonly move?: (watermark: Watermark) => Watermark;
  /** Number of sets that came with their listings; undefined if they were requested. */
  readonly expanded?: number;
};

/** Stores the child records of a batch of listings and marks the listings, in one transaction. */
export async function replaceSets(
  active: ActiveRun,
  dataset: Dataset,
  fetched: FetchedSets,
  { proven, postponed = [], move = keepWatermark, expanded }: SetReplacement,
): Promise<void> {
  const { tools } = active;
  const before = active.tally[dataset.name];
  const now = tools.clock.now();
  await commit(active, {
    dataset,
    page: fetched,
    pages: expanded === undefined ? 1 : 0,
    move,
    detail: {
      sets: (before?.sets ?? 0) + proven.length,
      unproven: (before?.unproven ?? 0) + postponed.length,
      ...(expanded === undefined ? {} : { expanded: (before?.expanded ?? 0) + expanded }),
      ...(fetched.refused.length === 0 ? {} : { refused: (before?.refused ?? 0) + fetched.refused.length }),
    },
    write: async (session, { rows, rejects }, options) => {
      const keptKeys = new Set(rejects.map(({ key }) => key));
      const replaced = await replaceChildren(session, dataset, keysOf(proven), rows, keptKeys, options);
      const { deletedKeys: gone, undeletable, skipped: leftOut } = replaced;
      if (gone.length > 0) await deleteFieldIssues(session, dataset.name, gone);
      const blocked = new Set(undeletable.map(({ parent }) => parent));
      const done = proven.filter(({ key }) => !blocked.has(key));
      const later = [...postponed, ...fetched.refused, ...proven.filter(({ key }) => blocked.has(key))];
      const seen = new Set([...fetched.rows, ...fetched.rejects].map(({ key }) => key));
      await clearQuarantinedSets(session, dataset.name, keysOf(done), seen);
      const unmarkable = await markSets(session, dataset, { done, later, at: options.at, now });
      const causes = [...undeletable.map(undeletableReject), ...unmarkable];
      return { ...replaced, deleted: gone.length, blocked: { rows: leftOut, rejects: causes } };
    },
  });
  if (postponed.length > 0) {
    tools.log.quality.warn(
      { resource: dataset.name, listings: keysOf(postponed).slice(0, 100), count: postponed.length },
      'fewer records sent than counted',
    );
  }
}

export function keysOf(listings: readonly StaleParent[]): string[] {
  return listings.map(({ key }) => key);
}

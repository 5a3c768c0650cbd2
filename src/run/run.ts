import type { Dataset } from '../dataset/dataset.ts';
import type { Counts } from '../model/counts.ts';
import type { ResourceDetail, Status } from '../record/run-log.ts';
import { countDue } from '../record/due.ts';
import type { Active, RunOptions, RunTools } from './active.ts';
import { watermarkOf } from './fence.ts';
import { eachLicensed } from './licensed.ts';
import { withRun } from './lifecycle.ts';
import { finishResource, loadResource, type Reached } from './modes/incremental.ts';
import { checkPhotos } from './modes/photos.ts';
import { replayRetryable } from './repair/replay.ts';
import { resourcesToTake } from './full-load-state.ts';
import { loadSets, reloadSets, settleSets } from './modes/children.ts';
import { isWhole, lostResources, toRunState } from './tally.ts';
import { loadUsable } from './modes/usable.ts';
import { parentLink } from '../dataset/reading.ts';

/** What a run did, for people. */
export type Outcome = {
  readonly run: number;
  readonly status: Status;
  readonly totals: Counts;
  readonly calls: number;
  readonly resources: Readonly<Record<string, ResourceDetail>>;
  /** Resources that were not taken although earlier runs loaded them. */
  readonly lost: readonly string[];
};

/**
 * A run takes pages from a source, turns them into rows, and commits rows and watermark together:
 * lock → open run → for each resource, for each page: transform, load and record in one transaction → close run.
 * @throws EtlError of the kind that tells what to do next; what was committed until then stays.
 */
export async function run(tools: RunTools, options: RunOptions): Promise<Outcome> {
  const done = await withRun(tools, options, async (active) => {
    const whole = await eachLicensed(active, await resourcesToTake(active), async (resource) => {
      await replayRetryable(active, resource);
      if (!(await loadUsable(active, resource))) return false;
      const loadIt = parentLink(resource) === undefined ? loadResource : loadChildren;
      const { end, finish, isProven = true } = await loadIt(active, resource);
      const arePhotosKnown = end ? await checkPhotos(active, resource) : true;
      if (end) await finishResource(active, resource, finish);
      return end && isProven && arePhotosKnown;
    });
    return whole.every(Boolean) && isWhole(active.tally) ? 'success' : 'partial';
  });
  tools.progress.end();
  const { totals, calls } = toRunState(done.tally, tools.source.requests());
  return {
    run: done.id,
    status: done.status,
    totals,
    calls,
    resources: done.tally,
    lost: lostResources(done.tally),
  };
}

/**
 * Records that belong to listings. Media: all of them once, page by page, then what is due, listing by listing; where the
 * user filters listings, all media of the feed would be far too many: then every set is fetched for its listing. Records
 * that have no time of their own: for the listings that moved, hundreds to a request.
 */
async function loadChildren(active: Active, resource: Dataset): Promise<Reached> {
  const { tools, options } = active;
  const finishSets: Reached['finish'] = (watermark, now) => ({
    ...watermark,
    load: options.mode === 'full-load' ? undefined : watermark.load,
    completeAt: now,
  });
  if (options.dryRun) {
    const due = active.hasTables ? await countDue(tools.database, resource) : 0;
    tools.progress.say(`${resource.name}: ${due} listings are due; a dry run fetches none`);
    return { end: true, finish: finishSets };
  }
  const pass = await passOver(active, resource, finishSets);
  return pass.end ? { ...pass, ...(await loadSets(active, resource)) } : pass;
}

/** What is read before the sets that are due. */
async function passOver(active: Active, resource: Dataset, finish: Reached['finish']): Promise<Reached> {
  const { tools, options } = active;
  const { completeAt } = await watermarkOf(active, resource);
  if (parentLink(resource)!.staleBy === 'version') {
    // Before the first load is through every listing is due in any case.
    const isAnew = options.mode === 'full-load' && completeAt !== undefined;
    return isAnew ? { finish, ...(await reloadSets(active, resource)) } : { finish, end: true };
  }
  const isWanted = options.mode === 'full-load' || completeAt === undefined;
  const isFiltered = tools.settings.filters[parentLink(resource)!.parent] !== undefined;
  if (!isWanted || isFiltered || options.since !== undefined) return { finish, end: true };
  const pass = await loadResource(active, resource);
  if (pass.end) await settleSets(active, resource);
  return pass;
}

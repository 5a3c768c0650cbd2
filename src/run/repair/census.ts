import { transaction } from '../../db/transaction.ts';
import { ImplausibleDataError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type CensusState, clearCensus, countStaged, readCensus, stageCensus } from '../../record/census.ts';
import { type ActiveRun, databaseToolsOf } from '../active-run.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import { retryAfterReconnect } from '../fence.ts';
import { requireCapability } from '../../sources/source.ts';

/** An interrupted census is gone on with for so long: what has vanished since is found by the next one only. */
const MAX_AGE_MS = 3_600_000;

export type Census = {
  readonly keys: number;
  /** Records without a key that can be used; undefined if an earlier run took a part of the census. */
  readonly withoutKey: number | undefined;
};

/**
 * Stages every key of the feed, and proves by the feed's own count that they are all there. A feed that changes
 * meanwhile is allowed for, once more from the beginning where it changed too much.
 * @returns how many there are, and how many of them have no key that can be used.
 * @throws DoubtfulError where it does not come out: nothing may be deleted on such a census.
 */
export async function takeCensus(active: ActiveRun, dataset: Dataset): Promise<Census> {
  const { connection, tools } = active;
  const filter = tools.settings.filters[dataset.name] ?? '';
  const found = await readCensus(connection, dataset.name);
  const age = found === undefined ? 0 : tools.clock.now() - found.startedAt;
  // Begun in the future: by a clock that was set back since.
  const canResume = found?.filter === filter && age >= 0 && age < MAX_AGE_MS;
  let start = canResume ? found : undefined;
  for (let attempt = 1; ; attempt += 1) {
    const taken = await stageKeys(active, dataset, filter, start);
    const now = await requireCapability(tools.source, 'keys', 'census').count(dataset, tools.signal);
    if (isPlausible(taken.keys, taken.announced ?? now, now)) return taken;
    const differs = `the census has ${taken.keys} keys, the feed counted ${taken.announced ?? now}, then ${now}`;
    tools.log.main.warn({ resource: dataset.name, attempt }, differs);
    await clearCensus(connection, dataset.name);
    if (attempt === 2) {
      throw new ImplausibleDataError(`${dataset.name}: ${differs}: nothing was deleted`, {
        op: 'census',
        hint: 'the feed answers incompletely, or changes too fast: try later',
      });
    }
    start = undefined;
  }
}

/**
 * All keys are there if they are no fewer than the lower of two counts that hardly differ: the feed goes on meanwhile.
 * A key too many deletes nothing.
 */
function isPlausible(keys: number, before: number, after: number): boolean {
  const [low, high] = before < after ? [before, after] : [after, before];
  return keys >= low && high - low <= 100 + high / 100;
}

async function stageKeys(
  active: ActiveRun,
  dataset: Dataset,
  filter: string,
  start: CensusState | undefined,
): Promise<Census & { announced: number | undefined }> {
  const { connection, tools } = active;
  if (start === undefined) await clearCensus(connection, dataset.name);
  else tools.progress.report(`${dataset.name}: going on with the census from ${start.lastKey}`);
  let state = start ?? { filter, lastKey: undefined, announced: undefined, startedAt: tools.clock.now() };
  let unusable = 0;
  let seen = 0;
  for await (const page of prefetchPages(tools, (own) =>
    requireCapability(tools.source, 'keys', 'census').census(dataset, state.lastKey, own),
  )) {
    unusable += page.withoutKey;
    seen += page.entries.length;
    // On a resumed census the first page counts only what comes after its key.
    const announced = state.announced ?? page.count;
    const next = { ...state, announced, lastKey: page.entries.at(-1)?.key ?? state.lastKey };
    await retryAfterReconnect(active, () =>
      transaction(connection, databaseToolsOf(tools), (session) =>
        stageCensus(session, dataset.name, page.entries, next),
      ),
    );
    state = next;
    tools.progress.show(dataset.name, {
      processed: seen,
      pages: 0,
      calls: tools.source.requests(),
      left: tools.source.quota?.()?.hour.left,
      expected: announced,
    });
    tools.signal.throwIfAborted();
  }
  const keys = (await countStaged(connection, dataset.name)) + unusable;
  return { keys, withoutKey: start === undefined ? unusable : undefined, announced: state.announced };
}

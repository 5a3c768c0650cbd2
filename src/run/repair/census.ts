import { transaction } from '../../db/transaction.ts';
import { ImplausibleDataError } from '../../errors.ts';
import { HOUR_MS } from '../../lib/time.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type CensusState, clearCensus, countStaged, readCensus, stageCensus } from '../../record/census.ts';
import { type ActiveRun, databaseToolsOf } from '../active-run.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import { retryAfterReconnect } from '../fence.ts';
import { requireCapability } from '../../sources/source.ts';

/** How long an interrupted census can be resumed. Only the next census finds records that were deleted since it started. */
const MAX_AGE_MS = HOUR_MS;

export type Census = {
  readonly keys: number;
  /** Records without a valid key; undefined if an earlier run took a part of the census. */
  readonly withoutKey: number | undefined;
};

/**
 * Stages every key of the feed, and checks with the feed's own count that none is missing. The feed may change in the
 * meantime; if it changes too much, the census is taken again once.
 * @returns the number of keys, and the number of records without a valid key.
 * @throws ImplausibleDataError if the counts do not match: nothing may be deleted based on such a census.
 */
export async function takeCensus(active: ActiveRun, dataset: Dataset): Promise<Census> {
  const { connection, tools } = active;
  const filter = tools.settings.filters[dataset.name] ?? '';
  const found = await readCensus(connection, dataset.name);
  const age = found === undefined ? 0 : tools.clock.now() - found.startedAt;
  // A negative age means that the clock was set back.
  const canResume = found?.filter === filter && age >= 0 && age < MAX_AGE_MS;
  let start = canResume ? found : undefined;
  for (let attempt = 1; ; attempt += 1) {
    const taken = await stageKeys(active, dataset, filter, start);
    const now = await requireCapability(tools.source, 'keys', 'census').count(dataset, tools.signal);
    if (isPlausible(taken.keys, taken.announced ?? now, now)) return taken;
    const mismatch = `the census has ${taken.keys} keys, the feed counted ${taken.announced ?? now}, then ${now}`;
    tools.log.main.warn({ resource: dataset.name, attempt }, mismatch);
    await clearCensus(connection, dataset.name);
    if (attempt === 2) {
      throw new ImplausibleDataError(`${dataset.name}: ${mismatch}: nothing was deleted`, {
        op: 'census',
        hint: 'the feed sends incomplete answers or changes too fast: try later',
      });
    }
    start = undefined;
  }
}

/**
 * The keys are complete if there are at least as many as the lower of two similar counts: the feed changes in the meantime.
 * An extra key deletes nothing.
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
  else tools.progress.report(`${dataset.name}: resuming the census at ${start.lastKey}`);
  let state = start ?? { filter, lastKey: undefined, announced: undefined, startedAt: tools.clock.now() };
  let withoutKey = 0;
  let seen = 0;
  for await (const page of prefetchPages(tools, (own) =>
    requireCapability(tools.source, 'keys', 'census').census(dataset, state.lastKey, own),
  )) {
    withoutKey += page.withoutKey;
    seen += page.entries.length;
    // The first page of a resumed census counts only the keys after its start.
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
  const keys = (await countStaged(connection, dataset.name)) + withoutKey;
  return { keys, withoutKey: start === undefined ? withoutKey : undefined, announced: state.announced };
}

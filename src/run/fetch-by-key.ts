import type { CensusEntry } from '../sources/source.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Page } from '../model/page.ts';
import { createSlicedTransformer, type TransformedPage } from '../transform/page.ts';
import type { ActiveRun } from './active-run.ts';
import { prefetchPages } from './prefetch-pages.ts';
import { createRecordQuery, findPresentKeys } from './by-key.ts';
import { commit } from './commit.ts';
import { splitIntoRequests } from './pack.ts';
import { zeroCounts, addToTally } from './tally.ts';
import { findStale, isUpToDate } from './stale.ts';

export type FetchResult = {
  /** Records sent. */
  readonly records: number;
  /** Listed keys that may still exist upstream and are not stored as the feed lists them. */
  readonly missed: number;
};

/**
 * Fetches listed records by their keys and stores their current version. A key without a record is looked up again,
 * together with a key that is known to exist: the record was deleted only if the known key is found. A record that is
 * older than listed, from a lagging replica, counts as missed. Missed records are recorded in the run's row.
 * @param knownKey a key that is known to exist upstream, if there is one.
 */
export async function fetchByKey(
  active: ActiveRun,
  dataset: Dataset,
  listed: readonly CensusEntry[],
  knownKey?: string,
): Promise<FetchResult> {
  const { tools } = active;
  const keys = listed.map(({ key }) => key);
  const entries = new Map(listed.map((entry) => [entry.key, entry]));
  let [records, missed, known] = [0, 0, knownKey];
  for await (const { asked, refused, pages } of prefetchPages(tools, (own) =>
    readByKey(active, dataset, keys, own),
  )) {
    const found = new Set<string>();
    for (const page of pages) {
      await commit(active, { dataset, page, pages: 1 });
      const sent = [...page.rows, ...page.rejects].map(({ key }) => key);
      records += sent.length;
      known = sent.find((key) => asked.includes(key)) ?? known;
      for (const key of sent) found.add(key);
      tools.signal.throwIfAborted();
    }
    const absent = asked.filter((key) => !found.has(key) && !refused.includes(key));
    const answered = asked.flatMap((key) => (found.has(key) ? (entries.get(key) ?? []) : []));
    const behind = await findStale(tools, dataset, answered, isUpToDate);
    missed += refused.length + behind.length + (await countUnproven(active, dataset, absent, known));
  }
  recordMissed(active, dataset, missed);
  return { records, missed };
}

type KeyAnswer = {
  readonly asked: readonly string[];
  readonly refused: readonly string[];
  readonly pages: readonly TransformedPage[];
};

async function* readByKey(
  { tools }: ActiveRun,
  dataset: Dataset,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<KeyAnswer> {
  const transform: (page: Page) => Promise<TransformedPage> = createSlicedTransformer(dataset);
  const ask = createRecordQuery(tools, dataset, signal);
  for (const asked of splitIntoRequests(keys)) {
    const { items, refused } = await ask(asked);
    const pages: TransformedPage[] = [];
    for (const page of items) pages.push(await transform(page));
    yield { asked, refused, pages };
  }
}

/** Counts the keys that may still exist upstream. */
async function countUnproven(
  { tools }: ActiveRun,
  dataset: Dataset,
  absent: readonly string[],
  knownKey: string | undefined,
): Promise<number> {
  if (absent.length === 0) return 0;
  const present =
    knownKey === undefined
      ? new Set<string>()
      : await findPresentKeys(tools, dataset, [knownKey, ...absent], 'filtered');
  const doubtful =
    knownKey !== undefined && present.has(knownKey) ? absent.filter((key) => present.has(key)) : absent;
  if (doubtful.length > 0) {
    const { name } = dataset;
    tools.log.quality.warn(
      { resource: name, keys: doubtful.slice(0, 100), count: doubtful.length },
      'listed by the feed, but not sent when requested by key',
    );
  }
  return doubtful.length;
}

/** Records missed keys in the run's row, which makes the run `partial`. */
function recordMissed(active: ActiveRun, { name }: Dataset, count: number): void {
  if (count === 0) return;
  const refused = (active.tally[name]?.refused ?? 0) + count;
  active.tally = addToTally(active.tally, name, zeroCounts, 0, { refused });
}

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
  /** Records that were sent. */
  readonly records: number;
  /** How many of the listed keys are not stored as the feed lists them, although they may still be there. */
  readonly missed: number;
};

/**
 * Fetches records that the feed lists, by their keys, and stores them as it shows them now. A key that brings nothing is
 * looked up once more, together with one that is there: only if that one is found, the other one is gone since. A record
 * that is older than it was listed, from a replica that lags, is missed too.
 * @param witness a key that the feed is known to have, if there is one. What is missed is recorded in the run's row.
 */
export async function fetchByKey(
  active: ActiveRun,
  dataset: Dataset,
  listed: readonly CensusEntry[],
  witness?: string,
): Promise<FetchResult> {
  const { tools } = active;
  const keys = listed.map(({ key }) => key);
  const entries = new Map(listed.map((entry) => [entry.key, entry]));
  let [records, missed, known] = [0, 0, witness];
  for await (const { asked, refused, pages } of prefetchPages(tools, (own) =>
    readByKey(active, dataset, keys, own),
  )) {
    const brought = new Set<string>();
    for (const page of pages) {
      await commit(active, { dataset, page, pages: 1 });
      const sent = [...page.rows, ...page.rejects].map(({ key }) => key);
      records += sent.length;
      known = sent.find((key) => asked.includes(key)) ?? known;
      for (const key of sent) brought.add(key);
      tools.signal.throwIfAborted();
    }
    const absent = asked.filter((key) => !brought.has(key) && !refused.includes(key));
    const here = asked.flatMap((key) => (brought.has(key) ? (entries.get(key) ?? []) : []));
    const behind = await findStale(tools, dataset, here, isUpToDate);
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

/** How many of these keys may still be there. */
async function countUnproven(
  { tools }: ActiveRun,
  dataset: Dataset,
  absent: readonly string[],
  witness: string | undefined,
): Promise<number> {
  if (absent.length === 0) return 0;
  const present =
    witness === undefined
      ? new Set<string>()
      : await findPresentKeys(tools, dataset, [witness, ...absent], 'filtered');
  const doubtful =
    witness !== undefined && present.has(witness) ? absent.filter((key) => present.has(key)) : absent;
  if (doubtful.length > 0) {
    const { name } = dataset;
    tools.log.quality.warn(
      { resource: name, keys: doubtful.slice(0, 100), count: doubtful.length },
      'listed by the feed, and not sent by their keys',
    );
  }
  return doubtful.length;
}

/** In the run's row, which is then `partial`. */
function recordMissed(active: ActiveRun, { name }: Dataset, count: number): void {
  if (count === 0) return;
  const refused = (active.tally[name]?.refused ?? 0) + count;
  active.tally = addToTally(active.tally, name, zeroCounts, 0, { refused });
}

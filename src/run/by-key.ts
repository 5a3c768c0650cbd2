import { retryWhileUnavailable } from '../db/retry-while-unavailable.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Page } from '../model/page.ts';
import { readKeysAfter } from '../load/fill-columns.ts';
import { databaseToolsOf, type RunTools } from './active-run.ts';
import { type BisectingQuery, createBisectingQuery } from './bisecting-query.ts';
import { requireCapability } from '../sources/source.ts';

/** Returns a function that fetches the records of a list of keys, and leaves out keys that the feed refuses. */
export function createRecordQuery(
  tools: RunTools,
  dataset: Dataset,
  signal: AbortSignal,
): BisectingQuery<Page> {
  return createKeyQuery(tools, dataset, async (keys) => {
    const pages: Page[] = [];
    for await (const page of requireCapability(tools.source, 'keys', 'fetch by key').records(
      dataset,
      keys,
      signal,
    ))
      pages.push(page);
    return pages;
  });
}

/** Finds which of these keys exist upstream. A key that the feed refuses counts as present, because its state is unknown. */
export async function findPresentKeys(
  tools: RunTools,
  dataset: Dataset,
  keys: readonly string[],
  scope: 'filtered' | 'all',
): Promise<ReadonlySet<string>> {
  const ask = createKeyQuery(tools, dataset, async (part) => [
    ...(await requireCapability(tools.source, 'keys', 'fetch by key').present(
      dataset,
      part,
      scope,
      tools.signal,
    )),
  ]);
  const { items, refused } = await ask(keys);
  return new Set([...items, ...refused]);
}

function createKeyQuery<T>(
  tools: RunTools,
  dataset: Dataset,
  ask: (keys: readonly string[]) => Promise<readonly T[]>,
): BisectingQuery<T> {
  return createBisectingQuery({
    ask,
    knownKey: async (suspects) => {
      const keys = await retryWhileUnavailable(databaseToolsOf(tools), () =>
        readKeysAfter(tools.database, dataset, '', suspects.length + 1),
      );
      return keys.find((key) => !suspects.includes(key));
    },
    onRefused: (key, err) =>
      tools.log.quality.warn(
        { resource: dataset.name, key, err },
        'the feed refuses this key; its state is unknown',
      ),
  });
}

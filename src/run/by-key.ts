import { patiently } from '../db/patience.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Page } from '../model/page.ts';
import { keysAfter } from '../load/fill.ts';
import { databaseTools, type RunTools } from './active.ts';
import { type AskInHalves, askInHalves } from './halves.ts';
import { requireCapability } from '../sources/source.ts';

/** A function that fetches the records of a list of keys, and leaves out keys that are refused. */
export function askForRecords(tools: RunTools, resource: Dataset, signal: AbortSignal): AskInHalves<Page> {
  return asker(tools, resource, async (keys) => {
    const pages: Page[] = [];
    for await (const page of requireCapability(tools.source, 'keys', 'fetch by key').records(
      resource,
      keys,
      signal,
    ))
      pages.push(page);
    return pages;
  });
}

/** Which of these keys the feed has. One that is refused counts as there: nothing is known of it. */
export async function presentKeys(
  tools: RunTools,
  resource: Dataset,
  keys: readonly string[],
  scope: 'filtered' | 'all',
): Promise<ReadonlySet<string>> {
  const ask = asker(tools, resource, async (part) => [
    ...(await requireCapability(tools.source, 'keys', 'fetch by key').present(
      resource,
      part,
      scope,
      tools.signal,
    )),
  ]);
  const { items, refused } = await ask(keys);
  return new Set([...items, ...refused]);
}

function asker<T>(
  tools: RunTools,
  resource: Dataset,
  ask: (keys: readonly string[]) => Promise<readonly T[]>,
): AskInHalves<T> {
  return askInHalves({
    ask,
    witness: async (suspects) => {
      const keys = await patiently(databaseTools(tools), () =>
        keysAfter(tools.database, resource, '', suspects.length + 1),
      );
      return keys.find((key) => !suspects.includes(key));
    },
    onRefused: (key, err) =>
      tools.log.quality.warn({ resource: resource.name, key, err }, 'refused; nothing is known of it'),
  });
}

import type { Dataset } from '../../../dataset/dataset.ts';
import { type Check, type CheckTools, skipped } from '../../check.ts';
import type { TrestleSettings } from '../settings.ts';
import { type Answer, requestRecord, stageOf } from './answer.ts';
import { checkAddress, checkConnection, NOT_ASKED, checkSignIn } from './connection.ts';
import { checkAnswer, checkClock, checkQuota } from './feed.ts';

/** Each step of the way to the API, as a run takes it: one request a dataset, sent once. */
export function trestleChecks(
  datasets: readonly Dataset[],
  tools: () => CheckTools<TrestleSettings>,
): readonly Check[] {
  let isSpent = false;
  const request = memoize(async (dataset: Dataset) => {
    const answer = await requestRecord(tools(), dataset);
    isSpent ||= stageOf(answer) === 'quota';
    return answer;
  });
  const first = (): Promise<Answer> => request(datasets[0]!);
  return [
    {
      name: 'API address',
      needs: ['configuration'],
      run: async () => checkAddress(await first(), tools().settings.api),
    },
    {
      name: 'API connection',
      needs: ['API address'],
      run: async () => checkConnection(await first(), tools().settings.api, tools().proxies),
    },
    { name: 'API sign-in', needs: ['API connection'], run: async () => checkSignIn(await first()) },
    ...datasets.map((dataset) => ({
      name: `API ${dataset.name}`,
      needs: ['API sign-in'],
      run: async () => (isSpent ? skipped(NOT_ASKED) : checkAnswer(await request(dataset), dataset.name)),
    })),
    {
      name: 'API quota',
      needs: ['configuration'],
      run: async () => {
        const answer = await first();
        const { clock, quotaPercent, source } = tools();
        return checkQuota(answer, source.quota?.()?.hour, quotaPercent, clock.now());
      },
    },
    {
      name: 'clock',
      needs: ['API connection'],
      run: () => checkClock(tools().clock.now() - tools().source.now()),
    },
  ];
}

function memoize<K, V>(look: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const known = new Map<K, Promise<V>>();
  return (key) => {
    const found = known.get(key) ?? look(key);
    known.set(key, found);
    return found;
  };
}

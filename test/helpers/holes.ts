import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { SeenRequest } from '../../src/sandbox/trestle/seen-request.ts';
import type { Pipeline } from './pipeline.ts';

/** Hides these listings from the requests that `when` chooses; what walks are told of their number stays. */
export function hide(sandbox: Sandbox, keys: readonly string[], when: (seen: SeenRequest) => boolean): void {
  const records = keys.map((key) => sandbox.feed.get('Property', key)!);
  sandbox.onRequest = (seen) => {
    if (seen.resource !== 'Property') return;
    const isHidden = when(seen);
    for (const record of records) {
      if (isHidden) sandbox.feed.remove('Property', readText(record, 'ListingKey'));
      else sandbox.feed.put('Property', record);
    }
    const isCounted = isHidden && isWalk(seen) && seen.query['$count'] === 'true';
    if (isCounted) sandbox.faults.add({ kind: 'bad-count', by: records.length, resource: 'Property' });
  };
}

/** Keys of listings in the order of the feed. */
export function keysOf(sandbox: Sandbox): string[] {
  return [...sandbox.feed.records('Property')]
    .map((record) => ({
      key: readText(record, 'ListingKey'),
      at: Date.parse(readText(record, 'ModificationTimestamp')),
    }))
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

export const isWalk = ({ query }: SeenRequest): boolean =>
  (query['$orderby'] ?? '').startsWith('ModificationTimestamp');
export const isByKey = ({ query }: SeenRequest): boolean => (query['$filter'] ?? '').includes(' in (');
/** Which walk over listings this request is part of: its number among those since the list was emptied. */
export function nthWalk({ sandbox }: Pipeline): number {
  return sandbox.requests.filter((seen) => seen.resource === 'Property' && isWalk(seen)).length;
}

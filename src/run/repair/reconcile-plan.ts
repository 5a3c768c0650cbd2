import type { Dataset } from '../../dataset/dataset.ts';
import { countRows } from '../../load/count.ts';
import { weightOf } from '../../load/weight.ts';
import { requireCapability } from '../../sources/source.ts';
import { pagesOf } from '../forecast.ts';
import { type Expected, MAX_KEYS, type Planned, requestsFor } from '../planned.ts';

/** A staged key on disk, while a census goes on. */
const STAGED = 120;

/** What a reconcile would do: every key once, the feed's count, and what one of the two sides has more. */
export async function planReconcile({ tools }: Planned, resource: Dataset): Promise<Expected> {
  const records = await requireCapability(tools.source, 'keys', 'plan').count(resource, tools.signal);
  const here = await countRows(tools.database, resource);
  const missing = Math.max(0, records - here);
  const absent = Math.max(0, here - records);
  // What a filter leaves out is looked up once more without it.
  const looks = tools.settings.filters[resource.name] === undefined ? 1 : 2;
  const calls = pagesOf(records, MAX_KEYS) + 1 + requestsFor(missing) + looks * requestsFor(absent);
  const { bytes, isMeasured } = await weightOf(tools.database, resource, tools.settings.keepPayload);
  return {
    resource: resource.name,
    records,
    calls,
    newRows: missing,
    bytes: records * STAGED + missing * bytes,
    isMeasured,
  };
}

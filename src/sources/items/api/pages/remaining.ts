import { compileJsonPath } from '../../../../lib/json-path.ts';
import type { PageSettings } from '../settings.ts';

/** What an answer reports of the records after it; undefined: nothing. */
export type RemainingRecords = {
  readonly hasMore: boolean | undefined;
  /** Records of the whole list. */
  readonly total: number | undefined;
};

/** Creates the function that finds `more` and `total` in the body of a page. */
export function createRemainingFinder({
  more,
  total,
}: Pick<PageSettings, 'more' | 'total'>): (value: unknown) => RemainingRecords {
  const findMore = more === undefined ? () => undefined : compileJsonPath(more);
  const findTotal = total === undefined ? () => undefined : compileJsonPath(total);
  return (value) => {
    const all = String(findTotal(value));
    return { hasMore: toBoolean(findMore(value)), total: /^\d+$/.test(all) ? Number(all) : undefined };
  };
}

/** A missing value is neither true nor false. */
function toBoolean(value: unknown): boolean | undefined {
  const text = String(value).toLowerCase();
  if (['false', '0', 'no'].includes(text)) return false;
  return ['true', '1', 'yes'].includes(text) ? true : undefined;
}

import { compileJsonPath } from '../../../../lib/json-path.ts';
import type { Pager } from './pager.ts';

type CursorSettings = {
  readonly cursor: string;
  readonly param: string;
  readonly first?: string | undefined;
};

/** Pages by a value of the page before. */
export function createCursorPager({ cursor, param, first }: CursorSettings): Pager {
  const find = compileJsonPath(cursor);
  return {
    first: first ?? null,
    addressOf: (place, base) => {
      const url = new URL(base);
      if (place !== null) url.searchParams.set(param, String(place));
      return url;
    },
    next: (_, { value }) => {
      const found = find(value);
      return (typeof found === 'string' && found !== '') || typeof found === 'number'
        ? String(found)
        : undefined;
    },
    endsByBody: true,
  };
}

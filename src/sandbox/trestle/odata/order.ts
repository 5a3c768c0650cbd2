import type { EntitySet } from '../sets.ts';
import { compareByTime, type Compare } from '../table.ts';
import { notInMetadataError, QueryError, checkNotSuppressed } from './error.ts';
import { createReader } from './predicate.ts';

/** An order and its name in the table's cache; undefined: the table's default order, by time, then by key. */
export type SortOrder = { readonly name: string; readonly compare: Compare } | undefined;

/** Parses `$orderby`. Nulls sort first, and text is compared by code units. */
export function parseOrder(text: string, set: EntitySet): SortOrder {
  const terms = text.split(',').map((term) => {
    const match = /^\s*([\w@$]+)(?:\s+(asc|desc))?\s*$/.exec(term);
    if (match === null) throw new QueryError(`Syntax error in $orderby at '${term.trim()}'.`);
    if (!set.fields.has(match[1]!)) throw notInMetadataError(match[1]!, set.name);
    checkNotSuppressed(match[1]!, set);
    return { field: match[1]!, isDescending: match[2] === 'desc' };
  });
  const name = terms.map(({ field, isDescending: falls }) => `${field}${falls ? ' desc' : ''}`).join(',');
  if (name === set.cursor || name === `${set.cursor},${set.key}`) return undefined;
  const parts = terms.map(({ field, isDescending: falls }) => createComparator(field, falls, set));
  return {
    name,
    compare: (a, b) => {
      for (const part of parts) {
        const difference = part(a, b);
        if (difference !== 0) return difference;
      }
      return compareByTime(a, b);
    },
  };
}

function createComparator(field: string, isDescending: boolean, set: EntitySet): Compare {
  const read = createReader(field, set);
  const sign = isDescending ? -1 : 1;
  return (a, b) => {
    const left = read(a);
    const right = read(b);
    if (left === right) return 0;
    if (left === null) return -sign;
    if (right === null) return sign;
    return left < right ? -sign : sign;
  };
}

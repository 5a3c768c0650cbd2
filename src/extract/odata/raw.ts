import { FailedError } from '../../errors.ts';
import type { Cursor, Page, Resource } from '../../model.ts';
import type { Body } from './body.ts';

export function pageOf(body: Body, cursor: Cursor | undefined): Page {
  return {
    records: body.records,
    damaged: body.damaged,
    cursor,
    ...(body.count === undefined ? {} : { count: body.count }),
  };
}

/** What `read` finds in the last record that has it; from the raw record, as the feed must be passed even where no row comes of it. */
export function lastOf<T>(
  records: readonly string[],
  read: (record: Record<string, unknown>) => T | undefined,
): T | undefined {
  for (const raw of records.toReversed()) {
    const found = read(tryParse(raw));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The record's members; none where it is broken. */
export function tryParse(raw: string): Record<string, unknown> {
  try {
    return (JSON.parse(raw) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A feed that does not move on would be asked for ever. */
export function stuck(resource: Resource, what: string): FailedError {
  return new FailedError(`${resource.name}: ${what}`, {
    op: 'page',
    hint: 'the feed does not page as Trestle does; what was committed stays',
  });
}

import { UsageError } from '../../errors.ts';
import type { Reason } from '../../model/row.ts';
import type { QuarantineEntry } from '../../record/quarantine.ts';

/** Parses the reasons of an entry. */
export function parseReasons<T extends QuarantineEntry>(
  entry: T,
): Omit<T, 'reasons'> & { reasons: Reason[] } {
  return { ...entry, reasons: JSON.parse(entry.reasons) as Reason[] };
}

export function unknownKeyError(key: string): UsageError {
  return new UsageError(`${key} is not in quarantine`, {
    op: 'read quarantine',
    hint: 'trestle-etl quarantine list shows the keys',
  });
}

/** @throws UsageError unless there are either keys or --all. */
export function requireSelection(action: string, keys: readonly string[], all: boolean | undefined): void {
  if (keys.length > 0 && all === true) {
    throw new UsageError(`quarantine ${action} takes keys or --all, not both`, {
      op: 'quarantine',
      hint: `trestle-etl quarantine ${action} --all`,
    });
  }
  if (keys.length === 0 && all !== true) {
    throw new UsageError(`quarantine ${action} needs keys, or --all`, {
      op: 'read arguments',
      hint: 'trestle-etl quarantine list shows the keys',
    });
  }
}

export const NO_TABLES = 'there are no tables yet';

/** Divides entries, of which one more than `last` was read, into those to show and a line about the others. */
export function limitEntries<T>(
  entries: readonly T[],
  last: number,
): { readonly shown: readonly T[]; readonly more: readonly string[] } {
  const more = [`there are more than these ${last}: --last ${last * 10} shows more`];
  return { shown: entries.slice(0, last), more: entries.length > last ? more : [] };
}

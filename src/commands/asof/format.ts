import { formatTable } from '../../lib/table.ts';
import type { ListingState } from '../../run/inspect/state-at.ts';

export type AsOf = ListingState & {
  readonly listing: string;
  readonly at: string;
  /** Time of the oldest recorded change of any listing. */
  readonly keptSince: string | null;
  /** Whether changes are recorded now. */
  readonly isKept: boolean;
};

export function describeAsOf(asOf: AsOf): string {
  const { state, since, values, listing, at } = asOf;
  const head = `listing ${listing} at ${at} UTC: `;
  const note = describeHistory(asOf);
  switch (state) {
    case 'unknown':
      return `${head}it was never stored`;
    case 'not yet':
      return `${head}not stored yet, first stored at ${since} UTC`;
    case 'known':
    case 'deleted': {
      const rows = Object.entries(values).map(([field, { value, since: from, run, until }]) => [
        `  ${field}`,
        value ?? '-',
        from === null ? 'no earlier change recorded' : `since ${from}, run ${run}`,
        until === null ? '' : `until ${until}`,
      ]);
      return [
        `${head}${state === 'deleted' ? `deleted since ${since} UTC` : 'stored'}`,
        ...formatTable(rows),
        ...(note === undefined ? [] : [note]),
      ].join('\n');
    }
  }
}

function describeHistory({ isKept, keptSince, at }: AsOf): string | undefined {
  if (keptSince === null)
    return `no change was ever recorded${isKept ? '' : ': HISTORY is off'}; these are the current values`;
  if (keptSince > at)
    return `the oldest recorded change of any listing is from ${keptSince} UTC: if HISTORY was off before, this is the oldest known state`;
  return isKept ? undefined : 'HISTORY is off: changes are no longer recorded';
}

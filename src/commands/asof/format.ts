import { formatTable } from '../../lib/table.ts';
import type { ListingState } from '../../run/inspect/state-at.ts';

export type AsOf = ListingState & {
  readonly listing: string;
  readonly at: string;
  /** The oldest change that is kept of any listing. */
  readonly keptSince: string | null;
  /** Whether changes are kept now. */
  readonly isKept: boolean;
};

export function describeAsOf(asOf: AsOf): string {
  const { state, since, values, listing, at } = asOf;
  const head = `listing ${listing} at ${at} UTC: `;
  const note = describeHistory(asOf);
  switch (state) {
    case 'unknown':
      return `${head}nothing is known of it here`;
    case 'not yet':
      return `${head}not here yet, it came at ${since} UTC`;
    case 'known':
    case 'deleted': {
      const rows = Object.entries(values).map(([field, { value, since: from, run, until }]) => [
        `  ${field}`,
        value ?? '-',
        from === null ? 'no change kept before' : `since ${from}, run ${run}`,
        until === null ? '' : `until ${until}`,
      ]);
      return [
        `${head}${state === 'deleted' ? `deleted since ${since} UTC` : 'here'}`,
        ...formatTable(rows),
        ...(note === undefined ? [] : [note]),
      ].join('\n');
    }
  }
}

function describeHistory({ isKept, keptSince, at }: AsOf): string | undefined {
  if (keptSince === null)
    return `no change was ever kept${isKept ? '' : ': HISTORY is off'}; this is how it stands now`;
  if (keptSince > at)
    return `the oldest change that is kept of any listing is of ${keptSince} UTC: if HISTORY was off before, this is the oldest state that is known`;
  return isKept ? undefined : 'HISTORY is off: changes are not kept any more';
}

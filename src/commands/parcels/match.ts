import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { hasTables } from '../../record/tables.ts';
import { readLastMatched } from '../../record/parcel.ts';
import { runMatch } from '../../run/parcels/run-match.ts';
import type { Print } from '../shared/tool.ts';
import { formatRates, type MatchRates } from './format.ts';
import type { ParcelsFlags } from './index.ts';
import { selectCounties } from './select-counties.ts';

/**
 * Matches all listings again.
 * @throws UsageError if there are no listings or no accounts; ImplausibleDataError if too few match: the earlier matches stay.
 */
export async function matchParcels(
  context: Context,
  source: string | undefined,
  flags: ParcelsFlags,
  print: Print,
): Promise<void> {
  const rates: MatchRates[] = [];
  for (const { id, tools, matching } of await selectCounties(context, source)) {
    const report = (await hasTables(context.database)) ? await runMatch(tools, matching, 'all') : undefined;
    if (report === undefined) {
      throw new UsageError(
        `${id}: there are no listings of ${matching.counties.join(', ')}, or no accounts`,
        {
          op: 'parcels match',
          hint: 'trestle-etl sync loads both; trestle-etl status shows them',
        },
      );
    }
    const changedAt = await readLastMatched(context.database, id);
    rates.push({ source: id, ...report, changedAt });
  }
  print(flags.json === true ? JSON.stringify(rates, null, 2) : rates.map(formatRates).join('\n\n'));
}

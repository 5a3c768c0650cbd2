import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { countListingsOf, countMatches, readLastMatched } from '../../record/parcel.ts';
import type { Print } from '../shared/tool.ts';
import { formatRates, type MatchRates } from './format.ts';
import type { ParcelsFlags } from './index.ts';
import { type County, selectCounties } from './select-counties.ts';

/** Shows how many listings match an account. Reads the database only. */
export async function showParcels(
  context: Context,
  source: string | undefined,
  flags: ParcelsFlags,
  print: Print,
): Promise<void> {
  const counties = await selectCounties(context, source);
  if (!(await hasTables(context.database))) return print('there are no tables yet: trestle-etl sync');
  const rates: MatchRates[] = [];
  for (const county of counties) rates.push(await readRates(context, county));
  print(flags.json === true ? JSON.stringify(rates, null, 2) : rates.map(formatRates).join('\n\n'));
}

async function readRates({ database }: Context, { id, matching }: County): Promise<MatchRates> {
  const counties = matching.counties.map((name) => name.toLowerCase());
  return {
    source: id,
    listings: await countListingsOf(database, counties),
    byMethod: Object.fromEntries(await countMatches(database, id)),
    ambiguous: null,
    changedAt: await readLastMatched(database, id),
  };
}

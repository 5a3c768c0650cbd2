import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { UsageError } from '../../errors.ts';
import { parseInstant, toSqlDateTime } from '../../lib/time.ts';
import { readHistoryStart } from '../../record/history.ts';
import { describeAsOf } from './format.ts';
import { readInstant } from '../shared/read-instant.ts';
import { readListingAt } from '../../run/inspect/listing-at.ts';
import type { AsOfFlags } from './index.ts';
import { requireFeed } from '../shared/require-feed.ts';

/** Shows a listing's stored price and status at a given time. Reads the database only. */
export async function showAsOf(
  context: Context,
  flags: AsOfFlags,
  print: (text: string) => void,
): Promise<void> {
  const { database, resources, config, tools } = context;
  requireFeed(context, 'asof');
  const listings = resources.find(({ tracked }) => tracked !== undefined);
  if (listings === undefined || !(await hasTables(database))) {
    throw new UsageError('no listings are stored yet', { op: 'asof', hint: 'trestle-etl full-load' });
  }
  // Checked by `readInstant`.
  const at = toSqlDateTime(parseInstant(readInstant(flags.at, tools.clock.now(), '--at'))!);
  const state = await readListingAt(database, listings, flags.listing, at);
  const answer = {
    listing: flags.listing,
    at,
    ...state,
    keptSince: (await readHistoryStart(database)) ?? null,
    isKept: config.keepHistory,
  };
  print(flags.json === true ? JSON.stringify(answer, null, 2) : describeAsOf(answer));
}

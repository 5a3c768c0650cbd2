import type { Context } from '../app/context.ts';
import { hasTables } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import { parseInstant, toSqlDateTime } from '../lib/time.ts';
import { watchedFields } from '../load/changes.ts';
import { changesOfListing, deletionsOfListing, keptSince, readWatched } from '../record/history.ts';
import { describeAsOf } from './asof-text.ts';
import { instant } from './pick.ts';
import { stateAt } from './state-at.ts';

export type AsOfFlags = { readonly listing: string; readonly at: string; readonly json?: boolean };

/** Says what was known here of a listing's price and status at a time. Asks the database only. */
export async function asOfCommand(
  { database, resources, config, tools }: Context,
  flags: AsOfFlags,
  say: (text: string) => void,
): Promise<void> {
  const listings = resources.find(({ tracked }) => tracked !== undefined);
  if (listings === undefined || !(await hasTables(database))) {
    throw new UsageError('there are no listings here', { op: 'asof', hint: 'trestle-etl full-load' });
  }
  // Checked by `instant`.
  const at = toSqlDateTime(parseInstant(instant(flags.at, tools.clock.now(), '--at'))!);
  const fields = watchedFields(listings).map(({ field }) => field);
  const known = {
    row: await readWatched(database, listings.table, fields, flags.listing),
    changes: await changesOfListing(database, flags.listing),
    deletions: await deletionsOfListing(database, flags.listing),
  };
  const state = stateAt(
    known,
    fields.map(({ name }) => name),
    at,
  );
  const answer = {
    listing: flags.listing,
    at,
    ...state,
    keptSince: (await keptSince(database)) ?? null,
    isKept: config.keepHistory,
  };
  say(flags.json === true ? JSON.stringify(answer, null, 2) : describeAsOf(answer));
}

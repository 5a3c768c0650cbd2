import { existingTables } from '../../db/existing-tables.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../../load/statement.ts';
import { readNewestListing, readNewestYear, readNewListings, replaceMatches } from '../../record/parcel.ts';
import { readWatermark } from '../../record/watermark.ts';
import type { ParcelMatching } from '../../sources/release.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced } from '../fence.ts';
import { addMatches, lowerCase, matchListings, type MatchReport } from './match-parcels.ts';

/** Listings that are matched at a time. */
const MAX_LISTINGS = 500;

/**
 * Whether a source has listings to match since its matches were last brought up to date. Without any, no run is needed.
 * @returns `all` if its listings were never matched.
 */
export async function findUnmatched(
  session: Session,
  source: string,
  matching: ParcelMatching,
): Promise<'none' | 'new' | 'all'> {
  if ((await existingTables(session, [matching.table])).size === 0) return 'none';
  const { cursor } = await readWatermark(session, source);
  if (cursor === undefined) return (await readNewestListing(session)) === undefined ? 'none' : 'all';
  const found = await readNewListings(session, lowerCase(matching.counties), cursor, 1);
  return found.length === 0 ? 'none' : 'new';
}

/** Matches the listings that changed since the source's checkpoint, and stores each batch together with it. */
export async function matchNewListings(
  active: ActiveRun,
  matching: ParcelMatching,
): Promise<MatchReport | undefined> {
  const { connection, tools } = active;
  const source = tools.source.id;
  const { cursor } = await readWatermark(connection, source);
  const year = await readNewestYear(connection, quote(matching.table));
  if (cursor === undefined || year === undefined) return undefined;
  let report: MatchReport = { listings: 0, ambiguous: 0, byMethod: {} };
  for (let after = cursor; ;) {
    const listings = await readNewListings(connection, lowerCase(matching.counties), after, MAX_LISTINGS);
    if (listings.length === 0) break;
    after = listings.at(-1)!.place;
    const { matches, ambiguous } = await matchListings(active, matching, year, listings);
    const keys = listings.map(({ listing_key: key }) => key);
    const place = after;
    await commitFenced(
      active,
      { name: source },
      (watermark) => ({ ...watermark, cursor: place }),
      (session, _, at) => replaceMatches(session, source, keys, matches, at),
    );
    report = addMatches(report, listings.length, ambiguous, matches);
    tools.signal.throwIfAborted();
  }
  tools.log.main.info({ source, ...report }, 'matched new listings with parcels');
  return report;
}

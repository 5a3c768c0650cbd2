import type { RunTools } from '../active-run.ts';
import type { ParcelMatching } from '../../sources/release.ts';
import { withRun } from '../lifecycle.ts';
import { addToTally, countPage, zeroCounts } from '../tally.ts';
import { matchNewListings } from './match-new-listings.ts';
import { countMatched, type MatchReport, matchParcels } from './match-parcels.ts';

/**
 * Matches listings with the accounts of a source, under its lock and with a row in etl_sync_log.
 * @param scope `all` replaces all matches of the source; `new` matches the listings that changed.
 * @returns undefined if there is nothing to match.
 * @throws ImplausibleDataError if too few listings match; the earlier matches stay. BusyError while an import runs.
 */
export async function runMatch(
  tools: RunTools,
  matching: ParcelMatching,
  scope: 'all' | 'new',
): Promise<MatchReport | undefined> {
  let report: MatchReport | undefined;
  await withRun(tools, { mode: 'parcels', resources: [], dryRun: false }, async (active) => {
    report = await (scope === 'all' ? matchParcels : matchNewListings)(active, matching);
    const matched = report === undefined ? 0 : countMatched(report);
    const counts = { inserted: matched, unchanged: (report?.listings ?? 0) - matched };
    active.tally = addToTally(active.tally, 'parcel_match', countPage({ ...zeroCounts, ...counts }), 0);
    return 'success';
  });
  return report;
}

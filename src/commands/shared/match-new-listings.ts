import type { Context } from '../../app/context.ts';
import { BusyError } from '../../errors.ts';
import { findUnmatched } from '../../run/parcels/match-new-listings.ts';
import { runMatch } from '../../run/parcels/run-match.ts';

/**
 * After a run of the feed: matches the listings that it brought with the accounts of each county. Without a county nothing is
 * queried. A failure is logged and does not change the result of the feed's run: the next run tries again.
 */
export async function matchNewListings(context: Context): Promise<void> {
  const { database, sources, tools } = context;
  for (const { id, every } of sources) {
    if (every === undefined || tools.signal.aborted) continue;
    const opened = context.sourceNamed(id);
    try {
      const matching = (await opened.tools.source.release?.load())?.matching;
      if (matching === undefined) continue;
      const scope = await findUnmatched(database, id, matching);
      if (scope !== 'none') await runMatch(opened.tools, matching, scope);
    } catch (error) {
      // The import that holds the lock matches all listings when it has published.
      if (error instanceof BusyError || tools.signal.aborted) continue;
      tools.log.main.error({ err: error, source: id }, 'new listings could not be matched with parcels');
    }
  }
}

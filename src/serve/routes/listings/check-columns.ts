import { UnavailableError } from '../../../errors.ts';
import type { ServeTools } from '../../tools.ts';

/**
 * Checks SERVE_LISTING_COLUMNS at the start. If the database does not answer, the first request for listings checks it.
 * @throws ConfigError if a column does not exist, or is never served.
 */
export async function checkListingColumns({ settings, log, readListingColumns }: ServeTools): Promise<void> {
  if (!settings.hasListings || settings.listingColumns.length === 0) return;
  try {
    await readListingColumns();
  } catch (err) {
    if (!(err instanceof UnavailableError)) throw err;
    log.warn({ err }, 'SERVE_LISTING_COLUMNS is not checked: the database does not answer');
  }
}

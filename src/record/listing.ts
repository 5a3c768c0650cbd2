import type { Session } from '../db/pool.ts';

/** How a listing stands here; times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type ListingHere = {
  readonly status: string | null;
  readonly price: string | null;
  readonly city: string | null;
  readonly version: string;
  readonly updatedAt: string;
  readonly run: number;
  readonly runMode: string | null;
  readonly runStart: string | null;
  readonly deletedAt: string | null;
  readonly deletedBecause: string | null;
  readonly hasPayload: number;
  readonly photosCount: number | null;
  readonly media: number;
  readonly mediaDue: number;
  readonly mediaFetchedAt: string | null;
  readonly mediaRetryAt: string | null;
};

export async function readListing(session: Session, key: string): Promise<ListingHere | undefined> {
  const [row] = await session.select<ListingHere>(
    'SELECT p.standard_status AS status, p.list_price AS price, p.city, p.modification_timestamp AS version, ' +
      'p.updated_at AS updatedAt, p.run_id AS run, l.mode AS runMode, l.sync_start AS runStart, ' +
      'p.deleted_at AS deletedAt, r.listing_key IS NOT NULL AS hasPayload, p.photos_count AS photosCount, ' +
      'p.media_due AS mediaDue, p.media_fetched_at AS mediaFetchedAt, p.media_retry_at AS mediaRetryAt, ' +
      '(SELECT COUNT(*) FROM media m WHERE m.resource_record_key = p.listing_key AND m.deleted_at IS NULL) AS media, ' +
      "(SELECT d.reason FROM etl_deletion d WHERE d.resource = 'Property' AND d.record_key = p.listing_key " +
      'AND d.undone_at IS NULL ORDER BY d.run_id DESC LIMIT 1) AS deletedBecause ' +
      'FROM properties p LEFT JOIN properties_raw r ON r.listing_key = p.listing_key ' +
      'LEFT JOIN etl_sync_log l ON l.id = p.run_id WHERE p.listing_key = ?',
    [key],
  );
  return row;
}

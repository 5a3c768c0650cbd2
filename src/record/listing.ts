import type { Session } from '../db/pool.ts';

/** Facts about a stored listing, in addition to those of any record. Times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type StoredListing = {
  readonly status: string | null;
  readonly price: string | null;
  readonly city: string | null;
  readonly photosCount: number | null;
  readonly media: number;
  /** Number of its media in quarantine. */
  readonly mediaQuarantined: number;
  readonly mediaDue: number;
  readonly mediaFetchedAt: string | null;
  readonly mediaRetryAt: string | null;
};

export async function readListing(session: Session, key: string): Promise<StoredListing | undefined> {
  const [row] = await session.select<StoredListing>(
    'SELECT p.standard_status AS status, p.list_price AS price, p.city, p.photos_count AS photosCount, ' +
      'p.media_due AS mediaDue, p.media_fetched_at AS mediaFetchedAt, p.media_retry_at AS mediaRetryAt, ' +
      '(SELECT COUNT(*) FROM media m WHERE m.resource_record_key = p.listing_key AND m.deleted_at IS NULL) AS media, ' +
      "(SELECT COUNT(*) FROM etl_quarantine q WHERE q.resource = 'Media' AND q.parent_key = p.listing_key) AS mediaQuarantined " +
      'FROM properties p WHERE p.listing_key = ?',
    [key],
  );
  return row;
}

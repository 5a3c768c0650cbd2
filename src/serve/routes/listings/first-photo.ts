import type { Session } from '../../../db/pool.ts';

/** SQL of `media`: everyone may see it. RESO Permission is a list such as `Public,IDX`; most feeds send none. */
export const IS_PUBLIC_MEDIUM =
  "(COALESCE(permission, '') = '' OR FIND_IN_SET('Public', permission) > 0 OR FIND_IN_SET('IDX', permission) > 0)";

/** SQL of `media`: a photo, as v_listings has it. */
export const IS_PHOTO = "COALESCE(media_category, 'Photo') = 'Photo'";

const BY_ORDER = 'COALESCE(preferred_photo_yn, 0) DESC, COALESCE(`order`, 2147483647), media_key';

export type FirstPhoto = { readonly key: string; readonly path: string | null };

/** Reads the first photo of each of these listings that has one: one look into an index of media each. */
export async function readFirstPhotos(
  database: Session,
  keys: readonly string[],
): Promise<ReadonlyMap<string, FirstPhoto>> {
  if (keys.length === 0) return new Map();
  const rows = await database.select<{ listing: string; photo: string; path: string | null }>(
    'SELECT p.listing_key AS listing, m.media_key AS photo, s.store_path AS path FROM properties p ' +
      'JOIN media m ON m.media_key = (SELECT media_key FROM media WHERE resource_record_key = p.listing_key ' +
      `AND deleted_at IS NULL AND ${IS_PHOTO} AND ${IS_PUBLIC_MEDIUM} ORDER BY ${BY_ORDER} LIMIT 1) ` +
      "LEFT JOIN media_file s ON s.media_key = m.media_key AND s.state <> 'removed' " +
      `WHERE p.listing_key IN (${keys.map(() => '?').join(', ')})`,
    keys,
  );
  return new Map(rows.map(({ listing, photo, path }) => [listing, { key: photo, path }]));
}

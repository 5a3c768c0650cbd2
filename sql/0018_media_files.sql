-- Media files. A row for each media record whose file is wanted; src/run/media/ fills it. `state` is pending (new, changed, or
-- postponed until retry_at), stored (store_path names a whole file), failed (postponed; `reason` and `message` say why), or
-- removed (the media record is gone; the file goes at remove_at). A changed file keeps its path and state `pending` until the
-- new one is whole.
CREATE TABLE IF NOT EXISTS media_file (
  media_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  listing_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- what the file was, or will be, fetched for: a timestamp of the media record or of the listing's photos
  wanted_for VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fetched_for VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  store_path VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  byte_size BIGINT NULL,
  sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  content_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL,
  width INT NULL,
  height INT NULL,
  -- the widths of MEDIA_SIZES that are stored beside the file, separated by commas
  sizes VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL,
  etag VARCHAR(255) NULL,
  last_modified VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  tries INT NOT NULL DEFAULT 0,
  retry_at DATETIME(3) NULL,
  reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  message TEXT NULL,
  fetched_at DATETIME(3) NULL,
  verified_at DATETIME(3) NULL,
  remove_at DATETIME(3) NULL,
  run_id BIGINT NULL,
  -- ascending: active listings first, of these the newest changes, of each listing the preferred photo
  download_order BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (media_key),
  KEY listing (listing_key),
  KEY state_order (state, download_order),
  KEY state_retry (state, retry_at),
  KEY state_remove (state, remove_at),
  KEY store_path (store_path)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Files that exist or may exist in the store although no row of media_file names them: `write` before a file is stored, until
-- the commit that names it; `remove` from the commit that replaced or removed it, until it is gone. A run that was killed leaves
-- such rows; the next run removes those files first.
CREATE TABLE IF NOT EXISTS etl_media_object (
  store_path VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purpose VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL,
  PRIMARY KEY (store_path)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- To find the listings whose media changed since the last download.
ALTER TABLE properties ADD KEY media_fetched_at (media_fetched_at);

-- The views of 0006 again, with first_photo_path as the last column: the file of the first photo, NULL if it is not stored.
-- A user without the right DROP cannot replace a view, and keeps an existing one as it is: see src/db/migrate.ts.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_listings AS
SELECT
  p.listing_key,
  p.listing_id,
  p.standard_status AS listing_status,
  p.property_type,
  p.property_sub_type,
  p.list_price,
  p.original_list_price,
  p.close_price,
  p.close_date,
  p.bedrooms_total,
  p.bathrooms_total_integer AS bathrooms_total,
  p.living_area AS square_feet,
  p.lot_size_acres,
  p.year_built,
  CASE
    WHEN COALESCE(p.street_name, '') = '' THEN p.unparsed_address
    ELSE CONCAT_WS(
      ' ',
      NULLIF(p.street_number, ''),
      NULLIF(p.street_dir_prefix, ''),
      p.street_name,
      NULLIF(p.street_suffix, ''),
      NULLIF(p.street_dir_suffix, ''),
      CONCAT('#', NULLIF(NULLIF(p.unit_number, ''), 'None'))
    )
  END AS street_address,
  p.city,
  p.state_or_province,
  p.postal_code,
  p.county_or_parish,
  p.subdivision_name,
  p.latitude,
  p.longitude,
  p.on_market_date,
  p.days_on_market,
  p.public_remarks,
  p.list_agent_full_name,
  p.list_office_name,
  p.photos_count,
  m.media_key AS first_photo_key,
  m.media_url AS first_photo_url,
  p.internet_entire_listing_display_yn,
  p.internet_address_display_yn,
  p.modification_timestamp,
  p.created_at,
  p.updated_at,
  s.store_path AS first_photo_path
FROM properties p
LEFT JOIN media m
  ON m.resource_record_key = p.listing_key
  AND m.deleted_at IS NULL
  AND COALESCE(m.media_category, 'Photo') = 'Photo'
LEFT JOIN media_file s
  ON s.media_key = m.media_key
WHERE p.deleted_at IS NULL
  AND NOT EXISTS (
    SELECT 1
    FROM media f
    WHERE f.resource_record_key = m.resource_record_key
      AND f.deleted_at IS NULL
      AND COALESCE(f.media_category, 'Photo') = 'Photo'
      AND (
        COALESCE(f.preferred_photo_yn, 0) > COALESCE(m.preferred_photo_yn, 0)
        OR (
          COALESCE(f.preferred_photo_yn, 0) = COALESCE(m.preferred_photo_yn, 0)
          AND (
            COALESCE(f.`order`, 2147483647) < COALESCE(m.`order`, 2147483647)
            OR (COALESCE(f.`order`, 2147483647) = COALESCE(m.`order`, 2147483647) AND f.media_key < m.media_key)
          )
        )
      )
  );

CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_active_listings AS
SELECT * FROM v_listings
WHERE listing_status IN ('Active', 'ActiveUnderContract', 'Active Under Contract', 'ComingSoon', 'Coming Soon');

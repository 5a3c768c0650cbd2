-- Views for users. SQL SECURITY INVOKER: the user needs SELECT on the tables, and sees no more than their rights allow.
-- Without OR REPLACE, which requires the right DROP: see src/db/migrate.ts.

-- Listings that are not deleted, with plain column names and the first photo. NOT EXISTS selects the photo that no other photo
-- of the listing precedes: TiDB has no subquery in ON, and with one in the list of columns MySQL builds the complete view
-- before it applies the user's WHERE. It uses the index resource_record_key of media.
CREATE SQL SECURITY INVOKER VIEW v_listings AS
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
  p.updated_at
FROM properties p
LEFT JOIN media m
  ON m.resource_record_key = p.listing_key
  AND m.deleted_at IS NULL
  AND COALESCE(m.media_category, 'Photo') = 'Photo'
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

-- Listings that are on the market, or will be soon. A listing under contract that still accepts offers is included; Pending is
-- not. Both spellings, with and without PRETTY_ENUMS.
CREATE SQL SECURITY INVOKER VIEW v_active_listings AS
SELECT * FROM v_listings
WHERE listing_status IN ('Active', 'ActiveUnderContract', 'Active Under Contract', 'ComingSoon', 'Coming Soon');

-- Open houses that have not ended, of listings that are not deleted. Times are UTC; open_house_date is the local day.
CREATE SQL SECURITY INVOKER VIEW v_open_houses_upcoming AS
SELECT
  o.open_house_key,
  o.listing_key,
  o.open_house_date,
  o.open_house_start_time AS starts_at,
  o.open_house_end_time AS ends_at,
  o.open_house_type,
  o.appointment_required_yn,
  o.livestream_open_house_url,
  o.open_house_remarks,
  o.refreshments,
  p.listing_id,
  p.standard_status AS listing_status,
  p.list_price,
  p.unparsed_address,
  p.city,
  p.state_or_province,
  p.postal_code,
  p.latitude,
  p.longitude,
  p.internet_entire_listing_display_yn,
  p.internet_address_display_yn,
  o.modification_timestamp
FROM open_houses o
JOIN properties p ON p.listing_key = o.listing_key
WHERE o.deleted_at IS NULL
  AND p.deleted_at IS NULL
  AND COALESCE(o.open_house_status, '') NOT IN ('Canceled', 'Ended')
  AND (
    o.open_house_end_time > UTC_TIMESTAMP(3)
    OR (o.open_house_end_time IS NULL AND o.open_house_start_time > UTC_TIMESTAMP(3))
  );

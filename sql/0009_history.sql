-- HISTORY=on: every change of a listing's price or status, written with the changed row. It is kept when the row is deleted.
CREATE TABLE IF NOT EXISTS listing_change (
  listing_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  -- RESO's name; `deleted_at` if a deleted listing came back
  field VARCHAR(64) NOT NULL,
  -- when it was written; upstream_at: the ModificationTimestamp of the record with the new value
  changed_at DATETIME(3) NOT NULL,
  upstream_at DATETIME(3) NOT NULL,
  old_value VARCHAR(255) NULL,
  new_value VARCHAR(255) NULL,
  run_id BIGINT NOT NULL,
  PRIMARY KEY (listing_key, changed_at, field),
  KEY changed_at (changed_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

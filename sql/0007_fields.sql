-- The user's columns (fields add), and the position up to which each is filled from the stored payloads.
CREATE TABLE IF NOT EXISTS etl_field (
  resource VARCHAR(64) COLLATE {{key_collation}} NOT NULL,
  field VARCHAR(128) COLLATE {{key_collation}} NOT NULL,
  table_name VARCHAR(64) NOT NULL,
  column_name VARCHAR(64) NOT NULL,
  type VARCHAR(64) NOT NULL,
  -- null: started and not yet in FIELDS_FILE, or removed from it and not yet dropped
  added_at DATETIME(3) NULL,
  -- the last filled key; the same for fields that are filled together
  filled_to VARCHAR(255) COLLATE {{key_collation}} NULL,
  filled_at DATETIME(3) NULL,
  -- number of values that do not fit the column
  misfits BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (resource, field)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

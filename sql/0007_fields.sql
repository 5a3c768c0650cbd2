-- The columns that the user added (fields add), and how far each is filled from the stored payloads.
CREATE TABLE IF NOT EXISTS etl_field (
  resource VARCHAR(64) COLLATE {{key_collation}} NOT NULL,
  field VARCHAR(128) COLLATE {{key_collation}} NOT NULL,
  table_name VARCHAR(64) NOT NULL,
  column_name VARCHAR(64) NOT NULL,
  type VARCHAR(64) NOT NULL,
  -- null: begun, and not yet in FIELDS_FILE; or taken out of it, and not yet dropped
  added_at DATETIME(3) NULL,
  -- the last key of those that are filled; fields that are filled together have the same
  filled_to VARCHAR(255) COLLATE {{key_collation}} NULL,
  filled_at DATETIME(3) NULL,
  -- values that do not fit the column
  misfits BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (resource, field)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Releases of sources that are read whole and published at once, such as county files. `tables` maps each table of the release
-- to the import that loaded it: a table that did not change stays as it is. Which import is published is also stored in a
-- table that is renamed together with the tables (src/load/publish.ts).
CREATE TABLE IF NOT EXISTS etl_import (
  id BIGINT NOT NULL AUTO_INCREMENT,
  source VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  shape CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  archives LONGTEXT NOT NULL,
  tables LONGTEXT NOT NULL,
  message TEXT NULL,
  started_at DATETIME(3) NOT NULL,
  published_at DATETIME(3) NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id),
  KEY source (source, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- One row for each file: the place to resume from, and lines = rows + rejects + skipped + duplicates.
CREATE TABLE IF NOT EXISTS etl_import_file (
  import_id BIGINT NOT NULL,
  table_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tax_year SMALLINT NOT NULL,
  member VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  archive VARCHAR(255) NOT NULL,
  line_count BIGINT NOT NULL DEFAULT 0,
  byte_offset BIGINT NOT NULL DEFAULT 0,
  row_count BIGINT NOT NULL DEFAULT 0,
  reject_count BIGINT NOT NULL DEFAULT 0,
  skipped_count BIGINT NOT NULL DEFAULT 0,
  duplicate_count BIGINT NOT NULL DEFAULT 0,
  is_complete TINYINT(1) NOT NULL DEFAULT 0,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (import_id, table_name, tax_year, member)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- What changed since the release before, by table.
CREATE TABLE IF NOT EXISTS etl_import_table (
  import_id BIGINT NOT NULL,
  table_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_count BIGINT NOT NULL,
  unit VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  new_count BIGINT NULL,
  changed_count BIGINT NULL,
  unchanged_count BIGINT NULL,
  gone_count BIGINT NULL,
  PRIMARY KEY (import_id, table_name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Lines that could not be rows. line_no counts lines after the header, from 1.
CREATE TABLE IF NOT EXISTS etl_import_reject (
  id BIGINT NOT NULL AUTO_INCREMENT,
  import_id BIGINT NOT NULL,
  table_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tax_year SMALLINT NOT NULL,
  archive VARCHAR(255) NOT NULL,
  member VARCHAR(255) NOT NULL,
  line_no BIGINT NOT NULL,
  byte_offset BIGINT NOT NULL,
  reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message TEXT NOT NULL,
  raw TEXT NOT NULL,
  replayed_at DATETIME(3) NULL,
  PRIMARY KEY (id),
  KEY import_table (import_id, table_name, line_no)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Results of the quality rules, and values that could not be converted (rule `convertible`) or made a column wider (`width`).
CREATE TABLE IF NOT EXISTS etl_import_check (
  import_id BIGINT NOT NULL,
  table_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rule VARCHAR(191) COLLATE {{key_collation}} NOT NULL,
  found DECIMAL(20,4) NOT NULL,
  allowed DECIMAL(20,4) NULL,
  is_failed TINYINT(1) NOT NULL,
  detail TEXT NULL,
  PRIMARY KEY (import_id, table_name, rule)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Which account of an appraisal district each listing belongs to, and how that was found.
CREATE TABLE IF NOT EXISTS parcel_match (
  source VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  listing_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  account VARCHAR(50) COLLATE {{key_collation}} NOT NULL,
  tax_year SMALLINT NOT NULL,
  method VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  score DECIMAL(5,4) NOT NULL,
  parcel_number VARCHAR(255) NULL,
  matched_at DATETIME(3) NOT NULL,
  PRIMARY KEY (source, listing_key),
  KEY listing_key (listing_key),
  KEY account (source, account)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Matches of a source before they are compared with the current ones and published.
CREATE TABLE IF NOT EXISTS etl_parcel_stage (
  source VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  listing_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  account VARCHAR(50) COLLATE {{key_collation}} NOT NULL,
  tax_year SMALLINT NOT NULL,
  method VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  score DECIMAL(5,4) NOT NULL,
  parcel_number VARCHAR(255) NULL,
  PRIMARY KEY (source, listing_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

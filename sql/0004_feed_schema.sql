-- The feed's schema ($metadata), one row for each version that was seen; the newest is current.
CREATE TABLE IF NOT EXISTS etl_feed_schema (
  hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seen_at DATETIME(3) NOT NULL,
  -- when it was last fetched and had not changed
  checked_at DATETIME(3) NOT NULL,
  run_id BIGINT NOT NULL,
  -- JSON: entity set → fields and links
  content LONGTEXT NOT NULL,
  PRIMARY KEY (seen_at, hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

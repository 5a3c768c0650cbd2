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

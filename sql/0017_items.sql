-- Records of item sources (REST APIs, CSV files, feeds), as they were sent; one row a record. external_id is the source's own id,
-- `sha256:` and its digest if it is longer, or `no-id:` and the digest of the payload. processed = 0: it could not become an item,
-- for the reason in `error`; every run maps such rows again. attempts counts the times that the result was stored.
CREATE TABLE IF NOT EXISTS raw_data (
  source_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  external_id VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  payload LONGTEXT COLLATE utf8mb4_bin NOT NULL,
  content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  processed TINYINT(1) NOT NULL,
  processed_at DATETIME(3) NULL,
  attempts INT NOT NULL DEFAULT 1,
  error TEXT NULL,
  ingested_at DATETIME(3) NOT NULL,
  run_id BIGINT NOT NULL,
  PRIMARY KEY (source_name, external_id),
  KEY processed (processed, source_name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Items of all sources. updated_at moves only if the item's content changes, which includes deleted_at.
CREATE TABLE IF NOT EXISTS unified_items (
  id BIGINT NOT NULL AUTO_INCREMENT,
  source_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  external_id VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  title VARCHAR(500) NOT NULL,
  description MEDIUMTEXT NULL,
  category VARCHAR(200) NULL,
  url VARCHAR(2048) NULL,
  amount DECIMAL(24,6) NULL,
  quantity BIGINT NULL,
  metadata JSON NOT NULL,
  published_at DATETIME(3) NULL,
  first_seen_at DATETIME(3) NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  deleted_at DATETIME(3) NULL,
  item_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY source (source_type, source_name, external_id),
  KEY updated_at (updated_at, id),
  KEY source_published (source_name, published_at, id),
  KEY category_published (category, published_at, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- How far each item source is read, and whether it may be asked. kind, value, position and validators are the source's own.
-- read_shape and map_shape are hashes of what is read and of the mapping. opened_until: too many runs of sources with this server
-- failed. not_before: the server asked for a pause. gone_at: it answered that the source is gone. last_success is the end of the
-- last successful run that changed this row; etl_sync_log has every run.
CREATE TABLE IF NOT EXISTS etl_checkpoints (
  source_name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  value TEXT NULL,
  position LONGTEXT NULL,
  validators LONGTEXT NULL,
  read_shape VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  map_shape VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  server VARCHAR(255) COLLATE utf8mb4_bin NULL,
  failures INT NOT NULL DEFAULT 0,
  opened_until DATETIME(3) NULL,
  not_before DATETIME(3) NULL,
  moved TEXT NULL,
  gone_at DATETIME(3) NULL,
  last_success DATETIME(3) NULL,
  last_failure DATETIME(3) NULL,
  last_error TEXT NULL,
  warnings LONGTEXT NULL,
  run_id BIGINT NOT NULL,
  updated_at DATETIME(3) NOT NULL,
  PRIMARY KEY (source_name),
  KEY server (server)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Runs of item sources.
CREATE SQL SECURITY INVOKER VIEW etl_runs AS
SELECT
  r.id AS run_id,
  c.source_type,
  r.source AS source_name,
  r.status,
  r.sync_start AS started_at,
  r.sync_end AS completed_at,
  r.records_processed AS records_extracted,
  r.records_inserted + r.records_updated AS records_loaded,
  r.records_rejected AS records_failed,
  r.error_message
FROM etl_sync_log r
JOIN etl_checkpoints c ON c.source_name = r.source;

-- Items that are not deleted, without what only some sources have.
CREATE SQL SECURITY INVOKER VIEW v_items AS
SELECT
  id,
  source_type,
  source_name,
  external_id,
  title,
  description,
  category,
  url,
  amount,
  quantity,
  published_at,
  first_seen_at,
  updated_at
FROM unified_items
WHERE deleted_at IS NULL;

-- The last run of each source is looked up by every sync.
ALTER TABLE etl_sync_log ADD KEY source_start (source, sync_start);

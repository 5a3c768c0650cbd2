-- What is older than the retention settings is found by an index (src/run/retention/).
ALTER TABLE etl_deletion ADD KEY deleted_at (deleted_at);

ALTER TABLE unified_items ADD KEY source_deleted (source_name, deleted_at);

-- Up to which updated_at deleted rows were removed, which `serve` would otherwise show as tombstones. One row a dataset; items have
-- the name unified_items.
CREATE TABLE IF NOT EXISTS etl_purge (
  dataset VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purged_to DATETIME(3) NOT NULL,
  run_id BIGINT NOT NULL,
  PRIMARY KEY (dataset)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

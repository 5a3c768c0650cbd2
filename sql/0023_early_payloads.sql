-- The keys of the last payloads that a run committed before their rows: after a crash, some of them can lack their row
-- (src/run/early-payloads.ts).
CREATE TABLE IF NOT EXISTS etl_early_payload (
  resource VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  record_keys LONGTEXT NOT NULL,
  PRIMARY KEY (resource, run_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

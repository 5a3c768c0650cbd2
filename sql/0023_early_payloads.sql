-- The keys of the last payloads that each run committed before their rows. After a crash, these rows can be missing
-- (src/run/payload-writer.ts).
CREATE TABLE IF NOT EXISTS etl_early_payload (
  resource VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  run_id BIGINT NOT NULL,
  record_keys LONGTEXT NOT NULL,
  PRIMARY KEY (resource, run_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

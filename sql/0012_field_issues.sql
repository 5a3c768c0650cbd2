-- Fields of stored records whose columns do not hold exactly what was sent; cleared when a later version is fine.
CREATE TABLE IF NOT EXISTS etl_field_issue (
  dataset VARCHAR(64) COLLATE {{key_collation}} NOT NULL,
  record_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  field VARCHAR(128) COLLATE {{key_collation}} NOT NULL,
  -- what is wrong with the value
  rule VARCHAR(255) NOT NULL,
  -- what the column holds: rounded, cut, replaced (half characters), null
  action VARCHAR(16) NOT NULL,
  -- as it was sent, shortened; the payload has it whole
  value VARCHAR(255) NOT NULL,
  run_id BIGINT NOT NULL,
  first_seen DATETIME(3) NOT NULL,
  last_seen DATETIME(3) NOT NULL,
  times_seen BIGINT NOT NULL,
  PRIMARY KEY (dataset, record_key, field),
  KEY last_seen (last_seen)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

ALTER TABLE etl_sync_log ADD COLUMN field_issues BIGINT NOT NULL DEFAULT 0;

-- The fields and rules that an entry was last judged by; null: those of an earlier version.
ALTER TABLE etl_quarantine ADD COLUMN rules VARCHAR(64) NULL;

-- Fields of stored records whose columns differ from the received values; cleared when a later version is valid.
CREATE TABLE IF NOT EXISTS etl_field_issue (
  dataset VARCHAR(64) COLLATE {{key_collation}} NOT NULL,
  record_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  field VARCHAR(128) COLLATE {{key_collation}} NOT NULL,
  -- the rule that the value violates
  rule VARCHAR(255) NOT NULL,
  -- the content of the column: rounded, cut, replaced (incomplete characters), null
  action VARCHAR(16) NOT NULL,
  -- the received value, shortened; the payload has the complete one
  value VARCHAR(255) NOT NULL,
  run_id BIGINT NOT NULL,
  first_seen DATETIME(3) NOT NULL,
  last_seen DATETIME(3) NOT NULL,
  times_seen BIGINT NOT NULL,
  PRIMARY KEY (dataset, record_key, field),
  KEY last_seen (last_seen)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

ALTER TABLE etl_sync_log ADD COLUMN field_issues BIGINT NOT NULL DEFAULT 0;

-- The fields and rules that an entry was last checked with; null: those of an earlier version.
ALTER TABLE etl_quarantine ADD COLUMN rules VARCHAR(64) NULL;

-- One row: locked while a version of the feed's schema is stored, with the time of the last failure to fetch it.
CREATE TABLE IF NOT EXISTS etl_schema_look (
  id INT NOT NULL,
  failed_at DATETIME(3) NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

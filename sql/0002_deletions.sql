-- Deletions: the census that finds them, and their log.

-- The keys of a census, until they are compared with the tables.
CREATE TABLE IF NOT EXISTS etl_census (
  resource VARCHAR(64) NOT NULL,
  record_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  version_timestamp DATETIME(3) NULL,
  -- for listings: the time of their photos' last change, which can change without the version
  photos_changed DATETIME(3) NULL,
  photos_count INT NULL,
  PRIMARY KEY (resource, record_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- The position of a census, so that an interrupted one can resume.
CREATE TABLE IF NOT EXISTS etl_census_state (
  resource VARCHAR(64) NOT NULL,
  filter TEXT NOT NULL,
  last_key VARCHAR(255) COLLATE {{key_collation}} NULL,
  announced BIGINT NULL,
  began_at DATETIME(3) NOT NULL,
  PRIMARY KEY (resource)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Every deletion with its run, so that it can be explained and undone.
CREATE TABLE IF NOT EXISTS etl_deletion (
  run_id BIGINT NOT NULL,
  resource VARCHAR(64) NOT NULL,
  record_key VARCHAR(255) COLLATE {{key_collation}} NOT NULL,
  deleted_at DATETIME(3) NOT NULL,
  reason VARCHAR(255) NOT NULL,
  version_timestamp DATETIME(3) NULL,
  is_hard TINYINT(1) NOT NULL,
  undone_at DATETIME(3) NULL,
  PRIMARY KEY (run_id, resource, record_key),
  KEY resource_key (resource, record_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

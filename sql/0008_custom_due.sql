-- The version that the stored CustomProperty records were fetched for; custom_due = 1 if the listing has changed since.
-- Separate statements, because TiDB does not see columns that the same statement adds. Existing columns and keys are
-- skipped (src/db/migrate.ts).
ALTER TABLE properties
  ADD COLUMN custom_fetched_for DATETIME(3) NULL,
  ADD COLUMN custom_fetched_at DATETIME(3) NULL,
  ADD COLUMN custom_retry_at DATETIME(3) NULL,
  ADD COLUMN custom_retry_for DATETIME(3) NULL,
  ADD COLUMN custom_tries INT NOT NULL DEFAULT 0;

ALTER TABLE properties
  ADD COLUMN custom_due TINYINT(1) AS (
    CASE
      WHEN deleted_at IS NOT NULL THEN 0
      WHEN custom_fetched_at IS NULL THEN 1
      ELSE NOT (custom_fetched_for <=> modification_timestamp)
    END
  ) VIRTUAL;

ALTER TABLE properties ADD KEY custom_due (custom_due);

-- What the stored CustomProperty records were fetched for; custom_due = 1 where the listing has moved since.
-- One statement: a server makes all of it or none, and a second time it is skipped (db/migrate.ts).
ALTER TABLE properties
  ADD COLUMN custom_fetched_for DATETIME(3) NULL,
  ADD COLUMN custom_fetched_at DATETIME(3) NULL,
  ADD COLUMN custom_retry_at DATETIME(3) NULL,
  ADD COLUMN custom_retry_for DATETIME(3) NULL,
  ADD COLUMN custom_tries INT NOT NULL DEFAULT 0,
  ADD COLUMN custom_due TINYINT(1) AS (
    CASE
      WHEN deleted_at IS NOT NULL THEN 0
      WHEN custom_fetched_at IS NULL THEN 1
      ELSE NOT (custom_fetched_for <=> modification_timestamp)
    END
  ) VIRTUAL,
  ADD KEY custom_due (custom_due);

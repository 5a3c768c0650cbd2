-- Which source a row belongs to: everything that exists came from the Trestle feed. Names of datasets are unique across
-- sources, so a dataset still identifies its watermark and its quarantined records.
ALTER TABLE etl_sync_log ADD COLUMN source VARCHAR(64) NOT NULL DEFAULT 'trestle';

-- walk_from: the start of a read that has not completed yet, in the source's own text; '' is the beginning. Records that it
-- passed over are checked when a later run completes.
ALTER TABLE etl_watermark
  ADD COLUMN source VARCHAR(64) NOT NULL DEFAULT 'trestle',
  ADD COLUMN walk_from VARCHAR(64) NULL;

ALTER TABLE etl_quarantine ADD COLUMN source VARCHAR(64) NOT NULL DEFAULT 'trestle';

-- Sign-ins have no dataset: the source distinguishes them.
ALTER TABLE etl_api_usage
  ADD COLUMN source VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'trestle',
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (process, run_id, hour, source, resource, kind);

-- Since when active listings are loaded; the rest of a first load may still be in progress.
ALTER TABLE etl_watermark ADD COLUMN usable_at DATETIME(3) NULL;

-- Since when the listings that a site shows first are here; the rest of a first load may still be under way.
ALTER TABLE etl_watermark ADD COLUMN usable_at DATETIME(3) NULL;

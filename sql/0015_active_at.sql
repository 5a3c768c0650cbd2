-- The time since when active listings are loaded. The former name was `usable_at`; values are kept.
ALTER TABLE etl_watermark RENAME COLUMN usable_at TO active_at;

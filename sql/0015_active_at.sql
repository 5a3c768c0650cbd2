-- The column says since when active listings are loaded; `usable_at` was its name until now. Values are kept.
ALTER TABLE etl_watermark RENAME COLUMN usable_at TO active_at;

-- The watermark of photos that change without their listing: every such change before it is stored. In the source's own text.
-- photos_refused_at, photos_refusal: when the feed last refused the query for them, and its message.
ALTER TABLE etl_watermark
  ADD COLUMN photos_timestamp VARCHAR(64) NULL,
  ADD COLUMN photos_refused_at DATETIME(3) NULL,
  ADD COLUMN photos_refusal VARCHAR(1000) NULL;

-- Listings whose photos move without the listing: every such change before this place is stored. In the source's own text.
-- photos_refused_at, photos_refusal: when the feed last refused the query for them, and its words.
ALTER TABLE etl_watermark
  ADD COLUMN photos_timestamp VARCHAR(64) NULL,
  ADD COLUMN photos_refused_at DATETIME(3) NULL,
  ADD COLUMN photos_refusal VARCHAR(1000) NULL;

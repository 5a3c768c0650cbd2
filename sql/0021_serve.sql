-- Each order of `serve` is read from an index: a page starts at the last row of the page before. modification_timestamp has
-- an index. listing_key is named because the primary key of properties may be the user's own. One statement each: an index that
-- exists must not stop the others.
ALTER TABLE properties ADD KEY serve_updated_at (updated_at, listing_key);
ALTER TABLE properties ADD KEY serve_list_price (list_price, listing_key);
ALTER TABLE properties ADD KEY serve_on_market_date (on_market_date, listing_key);

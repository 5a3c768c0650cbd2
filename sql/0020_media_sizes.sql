-- Smaller versions of photos that are stored already. sizes_for: the value of MEDIA_SIZES for which `sizes` was made, such as
-- 320,1280; empty without it. Photos whose sizes_for is another are found by the index, in the order of download.
ALTER TABLE media_file
  ADD COLUMN sizes_for VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  ADD KEY state_sizes (state, sizes_for, download_order);

-- When a source of items is due, besides its interval. unfinished: the last run ended before the end of the source, or waits for
-- a file. min_pause: seconds that the server wants between two reads.
ALTER TABLE etl_checkpoints ADD COLUMN unfinished TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE etl_checkpoints ADD COLUMN min_pause INT NULL;

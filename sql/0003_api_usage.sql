-- Requests to the API, by hour. A process writes absolute totals, so that a row can be written any number of times, by that
-- process or by the run that finds its file: the largest total is correct.
CREATE TABLE IF NOT EXISTS etl_api_usage (
  process VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- 0: no run (verify, why, plan …)
  run_id BIGINT NOT NULL,
  hour DATETIME NOT NULL,
  -- empty for sign-ins
  resource VARCHAR(64) NOT NULL,
  -- data, census, token, file
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  calls BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  ms BIGINT NOT NULL,
  PRIMARY KEY (process, run_id, hour, resource, kind),
  KEY hour (hour),
  KEY run_id (run_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

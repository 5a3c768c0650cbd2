export type Logger = {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
};

/** One logger per file: etl_main.log, api_calls.log, data_quality.log, database.log. */
export type Log = {
  readonly main: Logger;
  readonly api: Logger;
  readonly quality: Logger;
  readonly database: Logger;
};

export type CountySandboxOptions = {
  /** Accounts of the Harris district in the first release; the other two counties have 2,000 at most. */
  accounts?: number;
  /** The same seed gives the same data; with the seed of the feed, its Harris County listings are accounts here. */
  seed?: number;
  /** On 127.0.0.1; 0 is any free port. */
  port?: number;
  /** Years that are published; the folder of any other year is answered with 404. */
  years?: readonly number[];
  /** From 1. */
  release?: number;
};

export type CountySettings = Required<CountySandboxOptions>;

/** Returns the options with defaults for those that are not set. */
export function completeCountyOptions(options: CountySandboxOptions): CountySettings {
  return {
    accounts: 5000,
    seed: 1,
    port: 0,
    years: [2025, 2026],
    release: 1,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

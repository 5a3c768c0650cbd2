export type ItemsSandboxOptions = {
  /** Records of each collection at the start. */
  records?: number;
  /** The same seed gives the same data. */
  seed?: number;
  /** On 127.0.0.1; 0 is any free port. */
  port?: number;
  /** A folder in which the CSV files are kept as they are served. Unless set, there are none on the disk. */
  folder?: string | undefined;
  /** Seconds that a token is valid. */
  tokenSeconds?: number;
  /** Milliseconds since the epoch: stamps of changes, and expiry of tokens. */
  clock?: () => number;
};

export type ItemsSettings = Required<Omit<ItemsSandboxOptions, 'folder'>> & {
  readonly folder: string | undefined;
};

/** Returns the options with defaults for those that are not set. */
export function completeItemsOptions(options: ItemsSandboxOptions): ItemsSettings {
  return {
    records: 500,
    seed: 1,
    port: 0,
    folder: undefined,
    tokenSeconds: 3600,
    clock: Date.now,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

/** Remembers values for a while, and finds each once even if several ask at the same time. An error is not kept. */
export type Cache<T> = {
  /** Returns the value of a key, or finds it. */
  get(key: string, find: () => Promise<T>): Promise<T>;
};

/**
 * @param maxAge milliseconds after which a value is found again.
 * @param maxEntries the oldest entry makes place for a new one.
 */
export function createCache<T>(now: () => number, maxAge: number, maxEntries: number): Cache<T> {
  const entries = new Map<string, { readonly at: number; readonly value: Promise<T> }>();
  return {
    get: (key, find) => {
      const entry = entries.get(key);
      if (entry !== undefined && Math.abs(now() - entry.at) < maxAge) return entry.value;
      entries.delete(key);
      const [oldest] = entries.keys();
      if (oldest !== undefined && entries.size >= maxEntries) entries.delete(oldest);
      const value = find();
      entries.set(key, { at: now(), value });
      value.catch(() => {
        if (entries.get(key)?.value === value) entries.delete(key);
      });
      return value;
    },
  };
}

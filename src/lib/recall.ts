/**
 * Returns what was found before under the same name, unless that is too long ago, and otherwise finds it. An error is not kept,
 * nor is `false` or `undefined`.
 */
export type Recall = <T>(name: string, find: () => Promise<T>) => Promise<T>;

/** @param now milliseconds. @param maxAge milliseconds after which it is found again. */
export function createRecall(now: () => number, maxAge: number): Recall {
  const known = new Map<string, { readonly at: number; readonly value: unknown }>();
  return async <T>(name: string, find: () => Promise<T>): Promise<T> => {
    const entry = known.get(name);
    if (entry !== undefined && Math.abs(now() - entry.at) < maxAge) return entry.value as T;
    const at = now();
    const value = await find();
    if (value !== false && value !== undefined) known.set(name, { at, value });
    return value;
  };
}

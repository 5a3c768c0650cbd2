/**
 * Marks a promise as handled because it is awaited only after other work. If that work throws first, the promise is never
 * awaited, and its rejection would end the process. @returns the same promise: awaiting it still throws.
 */
export function markHandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

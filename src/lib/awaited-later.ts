/**
 * Marks a promise that is awaited later, after other work, as handled: if that work throws first, nobody awaits it, and its
 * rejection would end the process. @returns the promise itself: awaiting it still throws.
 */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

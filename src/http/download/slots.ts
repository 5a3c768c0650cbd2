/** Runs work when one of `max` slots is free, in the order of the calls. Waiting ends with the signal's reason. */
export function createSlots(max: number): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    taken -= 1;
    waiting.shift()?.();
  };
  const acquire = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener('abort', abort);
        taken += 1;
        resolve();
      };
      const abort = (): void => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal.reason as Error);
      };
      if (taken < max) return start();
      waiting.push(start);
      signal.addEventListener('abort', abort, { once: true });
    });
  return async (signal, work) => {
    signal.throwIfAborted();
    await acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  };
}

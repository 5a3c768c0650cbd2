import { listenForStop } from '../host/signals.ts';

/** For a command that needs no configuration: runs it until a signal to stop, which is its normal end. */
export async function untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = listenForStop();
  try {
    await work(stop.signal);
  } finally {
    stop.close();
  }
}

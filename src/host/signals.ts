import { InterruptedError } from '../errors.ts';
import type { Stop } from '../model/io.ts';

function ignore(): void {
  // Nothing: the default would end the process.
}

/**
 * The first SIGINT or SIGTERM, and on a terminal SIGHUP, aborts the signal, with an InterruptedError as its reason; the
 * second one ends the process at once, as if it had never been listened for. That is safe at any moment. Without a
 * terminal SIGHUP is ignored: Node.js undoes what nohup has arranged.
 */
export function listenForStop(isOnTerminal: boolean): Stop {
  const controller = new AbortController();
  const stopping: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', ...(isOnTerminal ? (['SIGHUP'] as const) : [])];
  const onSignal = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      controller.abort(new InterruptedError(name));
      return;
    }
    close();
    process.kill(process.pid, name);
  };
  const close = (): void => {
    stopping.forEach((name) => process.off(name, onSignal));
    process.off('SIGHUP', ignore);
  };
  stopping.forEach((name) => process.on(name, onSignal));
  if (!isOnTerminal) process.on('SIGHUP', ignore);
  return { signal: controller.signal, close };
}

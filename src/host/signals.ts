import { InterruptedError } from '../errors.ts';
import type { Stop } from '../model/io.ts';

function ignore(): void {
  // Without a listener the process would end.
}

/**
 * Aborts the signal on the first SIGINT or SIGTERM, or SIGHUP on a terminal, with an InterruptedError as its reason. A second
 * SIGINT or SIGTERM ends the process at once, as it would without a listener; that is safe at any moment. A second SIGHUP does
 * not: the kernel and the shell both send one when a terminal is closed. Without a terminal SIGHUP is ignored, because Node.js
 * resets the handler that nohup installed.
 */
export function listenForStop(isOnTerminal: boolean): Stop {
  const controller = new AbortController();
  const stopping: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', ...(isOnTerminal ? (['SIGHUP'] as const) : [])];
  const onSignal = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      controller.abort(new InterruptedError(name));
      return;
    }
    if (name === 'SIGHUP') return;
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

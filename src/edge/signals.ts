import { InterruptedError } from '../errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type Stop = { readonly signal: AbortSignal; close(): void };

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts the signal, with an InterruptedError as its reason; the second one ends the
 * process at once, as if it had never been listened for. That is safe at any moment.
 */
export function listenForStop(): Stop {
  const controller = new AbortController();
  const close = (): void => SIGNALS.forEach((name) => process.off(name, onSignal));
  const onSignal = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      controller.abort(new InterruptedError(name));
      return;
    }
    close();
    process.kill(process.pid, name);
  };
  SIGNALS.forEach((name) => process.on(name, onSignal));
  return { signal: controller.signal, close };
}

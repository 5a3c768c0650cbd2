// Ends everything that this process has started, on every exit: return, exception, Ctrl-C, SIGTERM.

/**
 * @typedef {object} Started
 * @property {() => Promise<void>} stop ends it gracefully
 * @property {() => void} kill ends it at once, synchronously
 */

/** @type {Set<Started>} */
const started = new Set();
/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
let isArmed = false;
let isInterrupted = false;

/**
 * Registers something to end when this process exits.
 * @param {Started} thing
 * @returns {() => void} call it when the thing has ended
 */
export function stopAtExit(thing) {
  if (!isArmed) arm();
  started.add(thing);
  return () => started.delete(thing);
}

/** Whether a signal is ending this process; later errors are a result of that. */
export function isLeaving() {
  return isInterrupted;
}

/** Ends everything that is still running, the last first. */
export async function endAll() {
  for (const thing of [...started].toReversed()) await thing.stop();
}

function arm() {
  isArmed = true;
  process.on('exit', killAll);
  for (const signal of signals) process.on(signal, onSignal);
}

function killAll() {
  for (const thing of [...started].toReversed()) thing.kill();
}

/** @param {NodeJS.Signals} signal */
function onSignal(signal) {
  void leave(signal);
}

/** @param {NodeJS.Signals} signal */
async function leave(signal) {
  if (isInterrupted) killAll();
  else {
    isInterrupted = true;
    await endAll();
  }
  for (const each of signals) process.off(each, onSignal);
  process.kill(process.pid, signal);
}

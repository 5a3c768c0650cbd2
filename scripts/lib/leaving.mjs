// What this process has started and must not leave behind, on any way out: return, exception, Ctrl-C, SIGTERM.

/**
 * @typedef {object} Started
 * @property {() => Promise<void>} stop ends it politely
 * @property {() => void} kill ends it at once, synchronously
 */

/** @type {Set<Started>} */
const started = new Set();
/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
let armed = false;
let interrupted = false;

/**
 * Registers something to end when this process leaves before it was ended.
 * @param {Started} thing
 * @returns {() => void} call it once the thing has ended
 */
export function endWithUs(thing) {
  if (!armed) arm();
  started.add(thing);
  return () => started.delete(thing);
}

/** Whether a signal has told this process to leave: what fails from now on fails because of that. */
export function isLeaving() {
  return interrupted;
}

/** Ends everything that was started and still runs, the last first. */
export async function endAll() {
  for (const thing of [...started].toReversed()) await thing.stop();
}

function arm() {
  armed = true;
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
  if (interrupted) killAll();
  else {
    interrupted = true;
    await endAll();
  }
  for (const each of signals) process.off(each, onSignal);
  process.kill(process.pid, signal);
}

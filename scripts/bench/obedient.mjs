import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { ScriptError, start } from '../lib/run.mjs';
import { readCpu } from './server.mjs';

/**
 * Starts a file of processes/ as a separate process that carries out orders. It sends a first message with the id 0, and one for
 * each order with the order's id: `report`, or `failed` with the error as text.
 * @param {string} name
 * @param {readonly string[]} args
 */
export async function startObedient(name, args) {
  const file = join(root, 'scripts/bench/processes', name);
  const { child, exit, stop } = start(process.execPath, ['--max-old-space-size=4096', file, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  /** @type {Map<number, { resolve: (report: object) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  /** @param {object} [order] @returns {Promise<object>} */
  const send = (order) =>
    new Promise((resolve, reject) => {
      waiting.set(order === undefined ? 0 : (last += 1), { resolve, reject });
      if (order !== undefined) child.send({ id: last, ...order });
    });
  child.on(
    'message',
    (/** @type {{ id: number, report: object, failed?: string }} */ { id, report, failed }) => {
      const request = waiting.get(id);
      waiting.delete(id);
      if (failed === undefined) request?.resolve(report);
      else request?.reject(new ScriptError(failed));
    },
  );
  const ended = rejectWhenEnded();
  async function rejectWhenEnded() {
    const code = await exit;
    for (const { reject } of waiting.values())
      reject(new ScriptError(`${name} ended with exit code ${code}`));
  }
  const first = await send();
  return {
    /** The report of the first message. */
    first,
    send,
    cpu: () => readCpu(child.pid ?? 0),
    stop: async () => {
      await stop();
      await ended;
    },
  };
}

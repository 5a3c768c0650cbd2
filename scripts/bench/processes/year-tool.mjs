// The built command line in one process with a clock that the bench sets: 365 days of processes would take hours.
import { pathToFileURL } from 'node:url';
import { obey } from './obey.mjs';

const [cliFile = ''] = process.argv.slice(2);

const RealDate = Date;
let offset = 0;
const now = () => RealDate.now() + offset;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, values) => Reflect.construct(target, values.length === 0 ? [now()] : values),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

/** @type {{ cli: (argv: string[], io: object) => Promise<number> }} */
const { cli } = await import(pathToFileURL(cliFile).href);

/** @typedef {{ args: string[], now: number, folder: string, env: Record<string, string> }} Order */

obey({}, async (/** @type {Order} */ order) => {
  offset = order.now - RealDate.now();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  let stderr = '';
  const code = await cli(['node', 'trestle-etl', ...order.args], {
    stdin: process.stdin,
    stdout: { write: () => true },
    stderr: { write: (/** @type {string} */ text) => void (stderr += text) },
    env: order.env,
    cwd: () => order.folder,
    listenForStop: () => ({ signal: new AbortController().signal, close: () => undefined }),
    isRead: () => true,
    setLastResortAid: () => undefined,
  });
  const { user, system } = process.cpuUsage(before);
  return { code, stderr, cpu: (user + system) / 1e6, wall: (performance.now() - startedAt) / 1000 };
});

// A process that takes the locks of a run when it is told to, in the order of src/run/lifecycle.ts, and keeps them until
// it is told to free them or killed. Runs the built tool: Node 20 runs no TypeScript.
import { openLockedConnection } from '../../build/db/locked-connection.js';
import { openDatabase } from '../../build/db/pool.js';
import { clock } from '../../build/host/clock.js';
import { acquireLock } from '../../build/host/lock.js';

const mute = { debug() {}, info() {}, warn() {}, error() {} };
const tools = { clock, random: Math.random, log: mute, signal: new AbortController().signal };
const database = openDatabase(JSON.parse(process.argv[2]));
const nothing = async () => {};
let held = nothing;

async function take(stateDir) {
  const unlock = await acquireLock(stateDir, mute);
  try {
    const connection = await openLockedConnection(database, 'trestle', tools);
    held = async () => {
      connection.drop();
      await unlock();
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

process.on('message', async ({ stateDir }) => {
  try {
    const free = held;
    held = nothing;
    await free();
    if (stateDir !== undefined) await take(stateDir);
    process.send({ done: true });
  } catch ({ name, exitCode, message }) {
    process.send({ done: false, name, exitCode, message });
  }
});

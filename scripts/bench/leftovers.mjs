import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAtExit } from '../lib/leaving.mjs';

/** Paths that are removed when this process exits. Start their users after this call, because they must end first. */
export function trackLeftovers() {
  /** @type {string[]} */
  const paths = [];
  const remove = () => {
    for (const path of paths) rmSync(path, { recursive: true, force: true });
  };
  stopAtExit({ stop: async () => remove(), kill: remove });
  return { add: (/** @type {string[]} */ ...more) => void paths.push(...more), remove };
}

/** Creates a folder for the files of the contestants: state, logs, output. */
export function makeWorkFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-bench-'));
  trackLeftovers().add(folder);
  return folder;
}

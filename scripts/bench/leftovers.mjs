import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUs } from '../lib/leaving.mjs';

/** Paths that are removed with this process at the latest. What uses them is to be started after this call: it ends first. */
export function leftovers() {
  /** @type {string[]} */
  const paths = [];
  const remove = () => {
    for (const path of paths) rmSync(path, { recursive: true, force: true });
  };
  endWithUs({ stop: async () => remove(), kill: remove });
  return { add: (/** @type {string[]} */ ...more) => void paths.push(...more), remove };
}

/** A folder for what the contestants write: state, logs, output. */
export function workFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'trestle-bench-'));
  leftovers().add(folder);
  return folder;
}

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError } from '../../lib/run.mjs';
import { startServe } from './servers.mjs';

/** @typedef {{ sql: string, values: unknown[] }} Statement */

/**
 * The statements that the tool runs for each path, with their values: for a handler that does nothing else.
 * @param {import('../measure.mjs').BenchContext} context
 * @param {string} database
 * @param {readonly string[]} paths
 * @returns {Promise<Record<string, Statement[]>>}
 */
export async function captureStatements(context, database, paths) {
  const file = join(context.folder, 'statements.jsonl');
  const tool = await startServe(context, database, file);
  /** @type {Record<string, Statement[]>} */
  const statements = {};
  for (const path of paths) {
    // The first request may read what later ones remember.
    await request(`${tool.url}${path}`);
    rmSync(file, { force: true });
    await request(`${tool.url}${path}`);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    if (lines.length === 0) throw new ScriptError(`${path} ran no statement`);
    statements[path] = lines.map((line) => JSON.parse(line));
  }
  await tool.stop();
  return statements;
}

/** @param {string} url */
async function request(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new ScriptError(`${url} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

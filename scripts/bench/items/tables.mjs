import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError } from '../../lib/run.mjs';

/** @typedef {import('../server.mjs').Server} Server */

/** The records as they were sent, and the items made of them. */
const tables = /** @type {const} */ (['raw_data', 'unified_items']);

/** @param {Server} server @param {string} database @param {number} rows */
export async function checkItems(server, database, rows) {
  const [found] = await server.query(
    `SELECT (SELECT COUNT(*) FROM ${database}.raw_data) AS raw_rows,
    (SELECT COUNT(*) FROM ${database}.unified_items WHERE deleted_at IS NULL) AS items`,
  );
  if (found?.['raw_rows'] === rows && found['items'] === rows) return;
  throw new ScriptError(`${database} holds ${JSON.stringify(found)} instead of ${rows} of both`);
}

/** Creates empty tables in a new database, like those of the tool. @param {Server} server @param {string} database @param {string} model */
export async function createItemTables(server, database, model) {
  const creations = tables.map((table) => `CREATE TABLE ${database}.${table} LIKE ${model}.${table}`);
  await server.query(
    `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4; ${creations.join('; ')}`,
  );
}

/**
 * Exports the rows of a loaded database to files that the server can read, in the order of the source.
 * @param {Server} server
 * @param {string} database
 */
export async function exportItemFiles(server, database) {
  const files = [];
  for (const table of tables) {
    const found = await server.query(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = '${database}' AND
      table_name = '${table}' AND COALESCE(generation_expression, '') = '' ORDER BY ordinal_position`,
    );
    const columns = found.map((row) => `\`${String(row['name'])}\``).join(', ');
    const serverPath = join(server.dataDir, `bench-${table}.tsv`);
    const path = server.hostPath(serverPath);
    rmSync(path, { force: true });
    await server.query(
      `SELECT ${columns} FROM ${database}.${table} ORDER BY source_name, external_id
      INTO OUTFILE '${serverPath}' CHARACTER SET utf8mb4`,
    );
    files.push({ table, columns, serverPath, path, bytes: statSync(path).size });
  }
  return files;
}

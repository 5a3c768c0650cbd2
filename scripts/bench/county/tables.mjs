import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError } from '../../lib/run.mjs';

/**
 * @typedef {import('../server.mjs').Server} Server
 * @typedef {import('./archives.mjs').CountyTable} CountyTable
 */

/** @param {Server} server @param {string} database @param {CountyTable} table */
export async function countCountyRows(server, database, table) {
  const [found] = await server.query(`SELECT COUNT(*) AS n FROM ${database}.hcad_${table}`);
  return Number(found?.['n']);
}

/** @param {Server} server @param {string} database @param {CountyTable} table @param {number} rows */
export async function checkCountyRows(server, database, table, rows) {
  const found = await countCountyRows(server, database, table);
  if (found !== rows)
    throw new ScriptError(`${database}.hcad_${table} holds ${found} rows instead of ${rows}`);
}

/** Creates an empty table in a new database, like that of the tool. @param {Server} server @param {string} database @param {string} model @param {CountyTable} table */
export async function createCountyTable(server, database, model, table) {
  await server.query(
    `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4;
    CREATE TABLE ${database}.hcad_${table} LIKE ${model}.hcad_${table}`,
  );
}

/**
 * Exports a published table to a file that the server can read, in the order of its key.
 * @param {Server} server
 * @param {string} database
 * @param {CountyTable} table
 */
export async function exportCountyFile(server, database, table) {
  const found = await server.query(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = '${database}' AND
    table_name = 'hcad_${table}' ORDER BY ordinal_position`,
  );
  const columns = found.map((row) => `\`${String(row['name'])}\``).join(', ');
  const serverPath = join(server.dataDir, `bench-${table}.tsv`);
  const path = server.hostPath(serverPath);
  rmSync(path, { force: true });
  await server.query(
    `SELECT ${columns} FROM ${database}.hcad_${table} FORCE INDEX (PRIMARY) ORDER BY ${await readKey(server, database, table)}
    INTO OUTFILE '${serverPath}' CHARACTER SET utf8mb4`,
  );
  return { table: `hcad_${table}`, columns, serverPath, path, bytes: statSync(path).size };
}

/** @param {Server} server @param {string} database @param {CountyTable} table */
async function readKey(server, database, table) {
  const found = await server.query(
    `SELECT column_name AS name FROM information_schema.statistics WHERE table_schema = '${database}' AND
    table_name = 'hcad_${table}' AND index_name = 'PRIMARY' ORDER BY seq_in_index`,
  );
  return found.map((row) => `\`${String(row['name'])}\``).join(', ');
}

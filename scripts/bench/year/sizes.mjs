import { lstatSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Rows of tables, and bytes of the database and of the tool's folders.
 * @typedef {{ rows: Record<string, number>, deleted: number, payloadBytes: number, tableBytes: number, ownBytes: number, logBytes: number, logFiles: number, stateBytes: number }} Sizes
 */

/** @param {import('../server.mjs').Server} server @param {string} name @param {string} folder @returns {Promise<Sizes>} */
export async function readSizes(server, name, folder) {
  const tables = await server.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${name}' AND engine = 'InnoDB'`,
  );
  /** @type {Record<string, number>} */
  const rows = {};
  for (const table of tables.map((row) => String(row['name']))) {
    const [count] = await server.query(`SELECT COUNT(*) AS n FROM ${name}.${table}`);
    rows[table] = Number(count?.['n']);
  }
  const [other] = await server.query(
    `SELECT (SELECT COUNT(*) FROM ${name}.properties WHERE deleted_at IS NOT NULL) AS deleted,
    (SELECT SUM(LENGTH(payload)) FROM ${name}.properties_raw) AS payload`,
  );
  const files = measureFolder(server.hostPath(join(server.dataDir, name)));
  const logs = measureFolder(join(folder, 'logs'));
  return {
    rows,
    deleted: Number(other?.['deleted']),
    payloadBytes: Number(other?.['payload']),
    tableBytes: sum(files),
    ownBytes: sum(files.filter(({ name: file }) => /^(?:etl_|listing_change)/.test(file))),
    logBytes: sum(logs),
    logFiles: logs.length,
    stateBytes: sum(measureFolder(join(folder, 'state'))),
  };
}

/** @param {readonly { bytes: number }[]} files */
function sum(files) {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}

/** @param {string} folder */
function measureFolder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, bytes: lstatSync(join(folder, name)).size }));
}

/** When each log file was last written, in the machine's time. @type {Map<string, number>} */
const seen = new Map();

/** Gives the log files that a run has written the simulated time: their age decides when they are removed. @param {string} folder @param {number} now */
export function setModified(folder, now) {
  const logs = join(folder, 'logs');
  for (const entry of readdirSync(logs, { withFileTypes: true })) {
    const path = join(logs, entry.name);
    if (!entry.isFile() || lstatSync(path).mtimeMs === seen.get(path)) continue;
    utimesSync(path, now / 1000, now / 1000);
    seen.set(path, lstatSync(path).mtimeMs);
  }
}

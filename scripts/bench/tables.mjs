import { createReadStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError } from '../lib/run.mjs';
import { timedNode } from './measure.mjs';
import { environment, main } from './ways.mjs';

/**
 * @typedef {import('./server.mjs').Server} Server
 * @typedef {import('./measure.mjs').Place} Place
 */

const tables = ['properties', 'properties_raw'];

/** An empty database of this name with the tool's own tables. @param {Place} place @param {string} name */
export async function emptyDatabase(place, name) {
  await place.server.query(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const folder = place.folder;
  await timedNode([main, 'migrate'], { folder, env: environment(place, name, 'base') });
}

/**
 * Throws where the tables do not hold what was measured.
 * @param {Server} server
 * @param {string} name
 * @param {{ rows: number, moved: number, since: number }} wanted moved: rows with a ModificationTimestamp from `since` on
 */
export async function checkRows(server, name, wanted) {
  const since = new Date(wanted.since).toISOString().slice(0, 19).replace('T', ' ');
  const [found] = await server.query(
    `SELECT (SELECT COUNT(*) FROM ${name}.properties) AS listings, (SELECT COUNT(*) FROM ${name}.properties_raw) AS raw,
    (SELECT COUNT(*) FROM ${name}.properties WHERE modification_timestamp >= '${since}') AS moved`,
  );
  const { rows, moved } = wanted;
  if (found?.['listings'] === rows && found['raw'] === rows && found['moved'] === moved) return;
  throw new ScriptError(
    `${name} holds ${JSON.stringify(found)} instead of ${JSON.stringify({ rows, moved })}`,
  );
}

/**
 * The rows of a loaded database as files that the server can read, in the order of the feed.
 * @param {Server} server
 * @param {string} name
 */
export async function exportFiles(server, name) {
  const files = [];
  for (const table of tables) {
    const rows = await server.query(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = '${name}' AND
      table_name = '${table}' AND COALESCE(generation_expression, '') = '' ORDER BY ordinal_position`,
    );
    const columns = rows.map((row) => `\`${String(row['name'])}\``).join(', ');
    const inside = join(server.dataDir, `bench-${table}.tsv`);
    rmSync(server.hostPath(inside), { force: true });
    const listed = rows.map((row) => `t.\`${String(row['name'])}\``).join(', ');
    await server.query(
      `SELECT ${listed} FROM ${name}.${table} t JOIN ${name}.properties p USING (listing_key)
      ORDER BY p.modification_timestamp, p.listing_key INTO OUTFILE '${inside}' CHARACTER SET utf8mb4`,
    );
    const outside = server.hostPath(inside);
    files.push({ table, columns, inside, outside, bytes: statSync(outside).size });
  }
  return files;
}

/**
 * @param {Server} server
 * @param {string} name
 * @param {Awaited<ReturnType<typeof exportFiles>>} files
 * @param {'server' | 'client'} from who reads the files
 */
export async function loadFiles(server, name, files, from) {
  for (const { table, columns, inside, outside } of files) {
    await server.connection.query({
      sql: `LOAD DATA ${from === 'client' ? 'LOCAL ' : ''}INFILE '${inside}' INTO TABLE ${name}.${table}
      CHARACTER SET utf8mb4 (${columns})`,
      infileStreamFactory: () => createReadStream(outside, { highWaterMark: 1 << 20 }),
    });
  }
}

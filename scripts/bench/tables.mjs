import { createReadStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError } from '../lib/run.mjs';
import { measureNode } from './measure.mjs';
import { createEnvironment, main } from './ways.mjs';

/**
 * @typedef {import('./server.mjs').Server} Server
 * @typedef {import('./measure.mjs').BenchContext} BenchContext
 */

const tables = ['properties', 'properties_raw'];

/** Creates an empty database with the tool's tables. @param {BenchContext} context @param {string} name */
export async function createEmptyDatabase(context, name) {
  await context.server.query(
    `DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name} CHARACTER SET utf8mb4`,
  );
  const folder = context.folder;
  await measureNode([main, 'migrate'], { folder, env: createEnvironment(context, name, 'base') });
}

/**
 * Throws if the tables do not have the measured rows.
 * @param {Server} server
 * @param {string} name
 * @param {{ rows: number, moved: number, since: number }} wanted moved: rows with a ModificationTimestamp since `since`
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
 * Exports the rows of a loaded database to files that the server can read, in the order of the feed.
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
    const serverPath = join(server.dataDir, `bench-${table}.tsv`);
    rmSync(server.hostPath(serverPath), { force: true });
    const listed = rows.map((row) => `t.\`${String(row['name'])}\``).join(', ');
    await server.query(
      `SELECT ${listed} FROM ${name}.${table} t JOIN ${name}.properties p USING (listing_key)
      ORDER BY p.modification_timestamp, p.listing_key INTO OUTFILE '${serverPath}' CHARACTER SET utf8mb4`,
    );
    const path = server.hostPath(serverPath);
    files.push({ table, columns, serverPath, path, bytes: statSync(path).size });
  }
  return files;
}

/**
 * @param {Server} server
 * @param {string} name
 * @param {Awaited<ReturnType<typeof exportFiles>>} files
 * @param {'server' | 'client'} from the reader of the files
 */
export async function loadFiles(server, name, files, from) {
  for (const { table, columns, serverPath, path } of files) {
    await server.connection.query({
      sql: `LOAD DATA ${from === 'client' ? 'LOCAL ' : ''}INFILE '${serverPath}' INTO TABLE ${name}.${table}
      CHARACTER SET utf8mb4 (${columns})`,
      infileStreamFactory: () => createReadStream(path, { highWaterMark: 1 << 20 }),
    });
  }
}

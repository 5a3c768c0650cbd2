import { once } from 'node:events';
import { createWriteStream, existsSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { makeFolder, root } from '../../lib/project.mjs';

/** Seconds since the epoch. */
const HOUR_AGO = Date.now() / 1000 - 3600;

/**
 * Writes a CSV file of ten columns and returns its path, unless an earlier bench wrote it.
 * @param {number} rows
 * @param {(line: string) => void} log
 */
export async function prepareItemsFile(rows, log) {
  const file = join(makeFolder('.local/bench-items'), `rows-${rows}.csv`);
  if (existsSync(file)) return file;
  log(`Writing ${rows} rows of CSV`);
  const written = createWriteStream(`${file}.new`);
  const { writeLargeCsv } = await import(pathToFileURL(join(root, 'build/sandbox/items/csv/large.js')).href);
  Readable.from(writeLargeCsv(rows, 1), { objectMode: false }).pipe(written);
  await once(written, 'close');
  // A file that was written just now may not be whole: the tool waits for it.
  utimesSync(`${file}.new`, HOUR_AGO, HOUR_AGO);
  renameSync(`${file}.new`, file);
  return file;
}

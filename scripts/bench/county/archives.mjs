import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeFolder, root } from '../../lib/project.mjs';

/**
 * @typedef {(typeof COUNTY_TABLES)[number]} CountyTable
 * @typedef {{ name: string, archive: string }} SandboxTable
 */

export const YEAR = 2026;

/** Tables of the Harris district in archives of their own: wide lines, very short ones, and short ones. */
export const COUNTY_TABLES = /** @type {const} */ (['real_acct', 'fixtures', 'jur_value']);

/**
 * Writes an archive for each of these tables, unless an earlier bench did, and returns their folder. They have no damaged
 * lines.
 * @param {number} accounts
 * @param {readonly string[]} tables
 * @param {(line: string) => void} log
 */
export async function prepareArchives(accounts, tables, log) {
  const folder = makeFolder(`.local/bench-county-${accounts}`);
  const { hcadTables } = await importSandbox('hcad/index.js');
  const { writeZip } = await importSandbox('../shared/zip.js');
  const { memberChunks } = await importSandbox('archive/member.js');
  const district = { seed: 1, accounts, year: YEAR, release: 1 };
  const changes = { hasNoHeader: false, hasHalfOfRows: false, renamed: undefined };
  for (const name of tables) {
    /** @type {SandboxTable} */
    const found = hcadTables.find((/** @type {{ name: string }} */ each) => each.name === name);
    const table = { ...found, isDamaged: false };
    const file = join(folder, `${table.archive}.zip`);
    if (existsSync(file)) continue;
    log(`Writing ${name} of ${accounts} accounts`);
    const chunks = () => memberChunks(table, district, changes);
    const { signal } = new AbortController();
    await writeZip(`${file}.new`, [{ name: `${name}.txt`, chunks }], signal);
    renameSync(`${file}.new`, file);
  }
  return folder;
}

/** The archive of a table in a folder of `prepareArchives`. @param {string} folder @param {CountyTable} table */
export function archiveFile(folder, table) {
  const names = {
    real_acct: 'Real_acct_owner',
    fixtures: 'Real_building_land',
    jur_value: 'Real_jur_exempt',
  };
  const path = join(folder, `${names[table]}.zip`);
  return { path, bytes: statSync(path).size };
}

/** @param {string} file */
async function importSandbox(file) {
  return await import(pathToFileURL(join(root, 'build/sandbox/county', file)).href);
}

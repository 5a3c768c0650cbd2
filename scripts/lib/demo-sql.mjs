/** @typedef {Record<string, string | number | null>} Row */
/** @typedef {{ rows: (query: string) => Promise<Row[]>, end: () => Promise<void> }} Sql */

/**
 * Creates an empty database, replacing one of this name, and connects to it.
 * @param {import('./database.d.mts').Database} server
 * @param {string} name
 * @returns {Promise<Sql>}
 */
export async function openDatabase({ host, port, user, password, socket, given }, name) {
  // Imported here: the driver exists only after the node modules are installed.
  const { createConnection } = await import('mysql2/promise');
  const path = given && socket ? { socketPath: socket } : {};
  const connection = await createConnection({ host, port, user, password, ...path, dateStrings: true });
  await connection.query(`DROP DATABASE IF EXISTS ${name}`);
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await connection.changeUser({ database: name });
  return {
    rows: async (query) => {
      const [rows] = await connection.query(query);
      return Array.isArray(rows) ? rows.map((row) => Object.fromEntries(Object.entries(row))) : [];
    },
    end: () => connection.end(),
  };
}

/**
 * Formats rows as a table, with numbers aligned right.
 * @param {Row[]} rows
 */
export function formatTable(rows) {
  const names = Object.keys(rows[0] ?? {});
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => text(row[name]).length)));
  /** @param {string[]} cells @param {boolean[]} right */
  const line = (cells, right) =>
    cells
      .map((cell, at) => (right[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  const numeric = names.map((name) => rows.every((row) => /^-?[\d.]+$/.test(text(row[name]))));
  return [
    line(names, numeric),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map((row) =>
      line(
        names.map((name) => text(row[name])),
        numeric,
      ),
    ),
  ].join('\n');
}

/** @param {string | number | null | undefined} value */
function text(value) {
  return value === null || value === undefined ? '–' : String(value);
}

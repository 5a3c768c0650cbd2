// Like most programs: fetch a page, check it with zod, write it with one INSERT … ON DUPLICATE KEY UPDATE.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPool } from 'mysql2/promise';
import { z } from 'zod';
import { fetchPages } from './pages.mjs';

/** @typedef {{ name: string, column: string, type: { kind: string } }} Field */

const file = join(import.meta.dirname, '../../../build/sources/trestle/datasets/index.js');
const { resources } = await import(pathToFileURL(file).href);
/** @type {{ fields: readonly Field[] }} */
const { fields } = resources.find((/** @type {{ name: string }} */ { name }) => name === 'Property');

const schema = z.looseObject(Object.fromEntries(fields.map(({ name, type }) => [name, check(type.kind)])));

/** @param {string} kind @returns {z.ZodType} */
function check(kind) {
  if (kind === 'key') return z.string();
  if (kind === 'integer') return z.number().int().nullish();
  if (kind === 'decimal') return z.number().nullish();
  if (kind === 'boolean') return z.boolean().nullish();
  if (kind === 'timestamp') return z.iso.datetime({ offset: true }).nullish();
  return z.string().nullish();
}

const columns = [
  ...fields.map(({ column }) => `\`${column}\``),
  'content_hash',
  'run_id',
  'created_at',
  'updated_at',
];
const insert = `INSERT INTO properties (${columns.join(', ')}) VALUES ? ON DUPLICATE KEY UPDATE ${columns
  .filter((column) => !['`listing_key`', 'created_at'].includes(column))
  .map((column) => `${column} = VALUES(${column})`)
  .join(', ')}`;
const insertRaw =
  'INSERT INTO properties_raw (listing_key, payload) VALUES ? ON DUPLICATE KEY UPDATE payload = VALUES(payload)';

/** @param {import('./pages.mjs').FeedRecord} record */
function rowOf(record) {
  const now = new Date();
  const values = fields.map(({ name, type }) => {
    const value = record[name] ?? null;
    return type.kind === 'timestamp' && typeof value === 'string' ? new Date(value) : value;
  });
  return [...values, '', 0, now, now];
}

const {
  MYSQL_HOST: host = '',
  MYSQL_PORT,
  MYSQL_DATABASE: database = '',
  MYSQL_USER: user = '',
} = process.env;
const pool = createPool({
  host,
  port: Number(MYSQL_PORT),
  database,
  user,
  charset: 'utf8mb4',
  timezone: 'Z',
});

async function lastSeen() {
  const [rows] = await pool.query('SELECT MAX(modification_timestamp) AS last FROM properties');
  const [row] = Array.isArray(rows) ? rows.map((each) => Object.fromEntries(Object.entries(each))) : [];
  return row?.['last']?.toISOString();
}

for await (const page of fetchPages(process.argv[2] === 'since' ? await lastSeen() : undefined)) {
  const records = page.map((record) => schema.parse(record));
  await pool.query(insert, [records.map(rowOf)]);
  await pool.query(insertRaw, [records.map((record) => [record['ListingKey'], JSON.stringify(record)])]);
}
await pool.end();

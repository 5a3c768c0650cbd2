// Like most programs: read the whole file, split it into lines and fields, and insert a thousand rows at a time.
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { createConnection } from 'mysql2/promise';

const [archive = '', table = '', year = ''] = process.argv.slice(2);
const {
  MYSQL_HOST: host = '',
  MYSQL_PORT,
  MYSQL_DATABASE: database = '',
  MYSQL_USER: user = '',
} = process.env;
const connection = await createConnection({ host, port: Number(MYSQL_PORT), database, user });

/** Unpacks the only file of an archive. @param {Buffer} zip */
function unpack(zip) {
  const start = 30 + zip.readUInt16LE(26) + zip.readUInt16LE(28);
  return inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(18))).toString('latin1');
}

/** @param {string} field */
function convert(field) {
  const text = field.trim();
  if (text === '' || text === '12/30/1899') return null;
  const [, month, day, inYear] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text) ?? [];
  return inYear === undefined ? text : `${inYear}-${month}-${day}`;
}

const [header = '', ...lines] = unpack(readFileSync(archive)).split('\r\n');
const columns = ['tax_year', ...header.split('\t').map((name) => name.toLowerCase())];
const insert = `INSERT IGNORE INTO hcad_${table} (${columns.map((name) => `\`${name}\``).join(', ')}) VALUES ?`;
const rows = lines.filter((line) => line !== '').map((line) => [year, ...line.split('\t').map(convert)]);
for (let start = 0; start < rows.length; start += 1000)
  await connection.query(insert, [rows.slice(start, start + 1000)]);
await connection.end();

// A bare node:http handler for the bench: the statements of each path, and JSON.stringify of their rows.
import { createServer } from 'node:http';
import { createPool } from 'mysql2/promise';

/** @type {Record<string, { sql: string, values: string[] }[]>} */
const statements = JSON.parse(process.env['BENCH_STATEMENTS'] ?? '{}');
const pool = createPool({
  host: '127.0.0.1',
  port: Number(process.env['MYSQL_PORT']),
  user: 'root',
  database: process.env['MYSQL_DATABASE'] ?? '',
  connectionLimit: 4,
  dateStrings: true,
  supportBigNumbers: true,
});

const server = createServer((request, response) => void respond(request.url ?? '', response));

/** @param {string} url @param {import('node:http').ServerResponse} response */
async function respond(url, response) {
  try {
    const body = await answer(url);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  } catch (error) {
    response.writeHead(500);
    response.end(String(error));
  }
}

/** @param {string} url */
async function answer(url) {
  /** @type {unknown[]} */
  const data = [];
  for (const { sql, values } of statements[url] ?? []) data.push((await pool.execute(sql, values))[0]);
  return JSON.stringify({ data });
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`serving http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
});

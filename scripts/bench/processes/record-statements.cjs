// Loaded with -r: appends each prepared statement with its values to a file, one JSON line each.
const { appendFileSync } = require('node:fs');
/** @type {any} The types of the package do not list it. */
const mysql = require('mysql2/promise');
const { prototype } = mysql.PromisePoolConnection;

const file = process.env['BENCH_STATEMENTS'] ?? '';
const { execute } = prototype;

/** @this {object} @param {string} sql @param {unknown[]} values */
prototype.execute = function record(sql, values) {
  appendFileSync(file, `${JSON.stringify({ sql, values })}\n`);
  return execute.call(this, sql, values);
};

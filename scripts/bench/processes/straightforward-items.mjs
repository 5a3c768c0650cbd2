// Like most programs: parse the CSV as a stream, check each row with zod, and upsert 500 rows in a transaction, row by row.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { createConnection } from 'mysql2/promise';
import { z } from 'zod';

const BATCH = 500;
const SOURCE = 'rows';

const row = z.object({
  id: z.string().min(1),
  title: z.string().min(1).max(500),
  description: z.string(),
  category: z.string().max(200),
  url: z.url(),
  amount: z.string().regex(/^-?\d+(\.\d+)?$/),
  quantity: z.coerce.number().int(),
  published: z.iso.date(),
  zip: z.string(),
  agent: z.string(),
});

/** @typedef {z.output<typeof row>} Row */

const [file = ''] = process.argv.slice(2);
const {
  MYSQL_HOST: host = '',
  MYSQL_PORT,
  MYSQL_DATABASE: database = '',
  MYSQL_USER: user = '',
} = process.env;
const connection = await createConnection({
  host,
  port: Number(MYSQL_PORT),
  database,
  user,
  charset: 'utf8mb4',
  timezone: 'Z',
});

const upsertRaw = `INSERT INTO raw_data (source_name, external_id, payload, content_hash, processed, processed_at, ingested_at, run_id)
VALUES (?, ?, ?, ?, 1, ?, ?, 0)
ON DUPLICATE KEY UPDATE payload = VALUES(payload), content_hash = VALUES(content_hash), processed_at = VALUES(processed_at)`;
const upsertItem = `INSERT INTO unified_items (source_type, source_name, external_id, title, description, category, url, amount,
quantity, metadata, published_at, first_seen_at, updated_at, item_hash, run_id)
VALUES ('csv', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
ON DUPLICATE KEY UPDATE title = VALUES(title), description = VALUES(description), category = VALUES(category), url = VALUES(url),
amount = VALUES(amount), quantity = VALUES(quantity), metadata = VALUES(metadata), published_at = VALUES(published_at),
updated_at = VALUES(updated_at), item_hash = VALUES(item_hash)`;

/** @param {string} text */
const hash = (text) => createHash('md5').update(text).digest('hex');

/** @param {readonly Row[]} rows */
async function store(rows) {
  await connection.beginTransaction();
  for (const each of rows) {
    const now = new Date();
    const payload = JSON.stringify(each);
    await connection.query(upsertRaw, [SOURCE, each.id, payload, hash(payload), now, now]);
    const { id, title, description, category, url, amount, quantity, published, ...rest } = each;
    const metadata = JSON.stringify(rest);
    const values = [title, description, category, url, amount, quantity, metadata, new Date(published)];
    await connection.query(upsertItem, [SOURCE, id, ...values, now, now, hash(values.join('\n'))]);
  }
  await connection.commit();
}

/** @type {Row[]} */
let batch = [];
for await (const record of createReadStream(file).pipe(parse({ columns: true }))) {
  batch.push(row.parse(record));
  if (batch.length < BATCH) continue;
  await store(batch);
  batch = [];
}
await store(batch);
await connection.end();

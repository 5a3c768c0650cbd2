// Keeps a copy of a list of `trestle-etl serve` in a file; run it again to bring the copy up to date:
// node mirror.mjs http://127.0.0.1:8480/listings listings.json
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const [list, file] = process.argv.slice(2);
const key = process.env.SERVE_KEY;
const headers = key === undefined ? {} : { 'X-API-Key': key };
const createCopy = () => ({ since: '1970-01-01T00:00:00Z', records: {} });
let copy = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : createCopy();
const address = new URL(list);
address.searchParams.set('updated_after', copy.since);
address.searchParams.set('page_size', '1000');
address.searchParams.set('count', 'false');
let next;
do {
  const response = await fetch(address, { headers });
  if (response.status === 429) {
    await setTimeout(1000 * Number(response.headers.get('retry-after') ?? 60));
    continue;
  }
  if (response.status === 410) {
    // The copy is so old that it would miss deletions: start a new one.
    copy = createCopy();
    address.searchParams.set('updated_after', copy.since);
    address.searchParams.delete('cursor');
    continue;
  }
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { data, metadata } = await response.json();
  for (const record of data) {
    const id = record.listing_key ?? record.id;
    if (record.deleted_at === null) copy.records[id] = record;
    else delete copy.records[id];
  }
  next = metadata.pagination.next_cursor;
  address.searchParams.set('cursor', next);
  copy.since = metadata.next_updated_after ?? copy.since;
} while (next !== null);
writeFileSync(`${file}.new`, JSON.stringify(copy));
renameSync(`${file}.new`, file);

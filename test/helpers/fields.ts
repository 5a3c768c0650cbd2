import { readFileSync } from 'node:fs';
import { openDatabase } from '../../src/db/pool.ts';
import type { FieldType } from '../../src/dataset/dataset.ts';
import type { FeedField } from '../../src/dataset/feed-schema.ts';
import { saveSchema } from '../../src/record/feed-schema.ts';
import type { FreshDatabase } from './database.ts';

/** Gives the tool's user the rights that docs/database.md says fields add and fields drop need. */
export async function allowFields(db: FreshDatabase): Promise<void> {
  const text = readFileSync(new URL('../../docs/database.md', import.meta.url), 'utf8');
  const grant = /^GRANT INDEX, .+ ON trestle\.\* TO 'trestle'@'localhost';$/m.exec(text)?.[0];
  if (grant === undefined) throw new Error('docs/database.md has no GRANT for fields add');
  const name = `\`${db.name.replaceAll('_', '\\_')}\`.*`;
  await db.query(grant.replace('trestle.*', name).replace("'trestle'@'localhost'", `'${db.user}'@'%'`));
}

/** What a feed's metadata says of fields of these types. */
export function feedFields(types: Readonly<Record<string, FieldType>>): Record<string, FeedField> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, feedField(type)]));
}

function feedField(type: FieldType): FeedField {
  switch (type.kind) {
    case 'key':
      return { type: 'String', length: 255 };
    case 'string':
      return { type: 'String', length: type.length };
    case 'text':
      return { type: 'String', length: 8000 };
    case 'longtext':
      return { type: 'String' };
    case 'integer':
      return { type: 'Int32' };
    case 'bigint':
      return { type: 'Int64' };
    case 'decimal':
      return { type: 'Decimal', precision: type.precision, scale: type.scale };
    case 'boolean':
      return { type: 'Boolean' };
    case 'date':
      return { type: 'Date' };
    case 'timestamp':
      return { type: 'DateTimeOffset' };
  }
}

/** Makes the database know this of the feed's Property. */
export async function knowFeed(
  db: FreshDatabase,
  fields: Readonly<Record<string, FeedField>>,
): Promise<void> {
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const hash = 'f'.repeat(32);
  const schema = {
    namespace: 'X',
    hash,
    sets: { Property: { key: ['ListingKey'], fields, links: {} } },
  };
  await saveSchema(database, schema, 1, Date.now());
  await database.close();
}

/** The columns of a table, keyed by the listing; every value as text. */
export async function columnsByKey(
  db: FreshDatabase,
  table: string,
  columns: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  const list = columns.map((column) => `CAST(\`${column}\` AS CHAR) AS \`${column}\``).join(', ');
  const rows = await db.query(`SELECT listing_key, ${list} FROM ${table} ORDER BY listing_key`);
  return new Map(rows.map(({ listing_key, ...rest }) => [String(listing_key), rest]));
}

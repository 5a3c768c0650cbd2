/** @typedef {import('../server.mjs').Server} Server */

/** Rows of one INSERT. */
const ROWS = 20_000;

/** Inserts listings, a photo for each, and as many items. @param {Server} server @param {string} name @param {number} listings */
export async function insertServed(server, name, listings) {
  for (let from = 0; from < listings; from += ROWS) {
    const rows = numbers(from, Math.min(ROWS, listings - from));
    await server.query(
      `USE ${name};
      INSERT INTO properties (listing_key, listing_id, standard_status, property_type, list_price, bedrooms_total,
        bathrooms_total_integer, living_area, street_number, street_name, city, state_or_province, postal_code, latitude,
        longitude, year_built, public_remarks, list_agent_full_name, list_office_name, photos_count, modification_timestamp,
        content_hash, run_id, created_at, updated_at)
      SELECT CONCAT('l', n), CONCAT('MLS', n), ELT(1 + n % 3, 'Active', 'Pending', 'Closed'), 'Residential', 100000 + n % 900000,
        1 + n % 6, 1 + n % 4, 800 + n % 4000, n % 9999, 'Main Street', ELT(1 + n % 4, 'Houston', 'Austin', 'Dallas', 'Waco'),
        'TX', 77000 + n % 999, 29 + n % 100 / 100, -95 - n % 100 / 100, 1950 + n % 70, REPEAT('A quiet home. ', 40),
        'An Agent', 'An Office', 1, ${stamp}, '', 1, ${stamp}, ${stamp} FROM ${rows};
      INSERT INTO media (media_key, resource_record_key, media_category, \`order\`, media_url, modification_timestamp, content_hash,
        run_id, created_at, updated_at)
      SELECT CONCAT('m', n), CONCAT('l', n), 'Photo', 1, 'https://photos.example.com/1.jpg', ${stamp}, '', 1, ${stamp}, ${stamp}
      FROM ${rows};
      INSERT INTO unified_items (source_type, source_name, external_id, title, description, category, url, amount, metadata,
        published_at, first_seen_at, updated_at, item_hash, run_id)
      SELECT 'csv', 'bench', CONCAT('i', n), CONCAT('Item ', n), REPEAT('Some text. ', 40), ELT(1 + n % 3, 'a', 'b', 'c'),
        'https://www.example.com/item', n / 100, '{"a": 1, "b": "two"}', ${stamp}, ${stamp}, ${stamp}, '', 1 FROM ${rows}`,
    );
  }
  await server.query(`ANALYZE TABLE ${name}.properties, ${name}.media, ${name}.unified_items`);
}

/** A second for each row. */
const stamp = "TIMESTAMPADD(SECOND, n, '2026-01-01 00:00:00')";

/** A table of consecutive numbers `n`. @param {number} from @param {number} count */
function numbers(from, count) {
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
  const places = ['e', 'd', 'c', 'b', 'a'];
  const sum = places.map((place, power) => `${place}.d * ${10 ** power}`).join(' + ');
  const tables = places.map((place) => `(${digits}) ${place}`).join(', ');
  return `(SELECT ${from} + ${sum} AS n FROM ${tables} WHERE ${sum} < ${count}) numbers`;
}

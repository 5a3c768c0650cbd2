import type { FreshDatabase } from './database.ts';

export type StoredRow = Readonly<Record<string, unknown>>;

/** 1 January 2026, in milliseconds: listing 1 changed a second later. */
export const START = Date.UTC(2026, 0, 1);

export function sqlTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** A complete row of a listing, `key-0001` for 1; what is in `more` replaces the rest. */
export function listingRow(nth: number, more: StoredRow = {}): StoredRow {
  const at = sqlTime(START + nth * 1000);
  return {
    listing_key: `key-${String(nth).padStart(4, '0')}`,
    listing_id: `MLS${nth}`,
    standard_status: 'Active',
    property_type: 'Residential',
    list_price: 100_000 + nth * 1000,
    bedrooms_total: 1 + (nth % 5),
    bathrooms_total_integer: 1 + (nth % 3),
    living_area: 1000 + nth,
    year_built: 1950 + (nth % 70),
    street_number: String(nth),
    street_name: 'Secret Oak',
    street_suffix: 'Lane',
    unparsed_address: `${nth} Secret Oak Lane`,
    parcel_number: `P-${nth}`,
    city: 'Houston',
    state_or_province: 'TX',
    postal_code: '77005',
    county_or_parish: 'Harris',
    latitude: 29 + nth / 10_000,
    longitude: -95 - nth / 10_000,
    directions: 'Turn left at the oak',
    public_remarks: 'A bright home',
    private_remarks: 'PRIVATE the seller is in a hurry',
    virtual_tour_url_unbranded: `https://tours.example.com/${nth}-secret-oak`,
    list_agent_full_name: 'Ada Agent',
    list_agent_key: 'agent-1',
    list_agent_mls_id: 'A1',
    list_office_name: 'Oak Realty',
    list_office_key: 'office-1',
    list_office_mls_id: 'O1',
    on_market_date: '2026-01-01',
    photos_count: 0,
    modification_timestamp: at,
    content_hash: '0'.repeat(32),
    run_id: 1,
    created_at: at,
    updated_at: at,
    ...more,
  };
}

/** Inserts rows of one shape, several hundred in a statement. */
export async function insertRows(
  db: FreshDatabase,
  table: string,
  rows: readonly StoredRow[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    const part = rows.slice(from, from + 500);
    const names = [...new Set(part.flatMap((row) => Object.keys(row)))];
    const values = part.map(() => `(${names.map(() => '?').join(', ')})`).join(', ');
    await db.query(
      `INSERT INTO ${table} (${names.map((name) => `\`${name}\``).join(', ')}) VALUES ${values}`,
      part.flatMap((row) => names.map((name) => row[name] ?? null)),
    );
  }
}

/** Stores listings 1 to `count`. */
export async function addListings(
  db: FreshDatabase,
  count: number,
  more: (nth: number) => StoredRow = () => ({}),
): Promise<void> {
  await insertRows(
    db,
    'properties',
    Array.from({ length: count }, (_, index) => listingRow(index + 1, more(index + 1))),
  );
}

/** A row of the media of a listing. */
export function mediumRow(listing: string, key: string, more: StoredRow = {}): StoredRow {
  const at = sqlTime(START);
  return {
    media_key: key,
    resource_record_key: listing,
    media_category: 'Photo',
    media_url: `https://feed.example.com/signed/${key}?signature=abc`,
    order: 1,
    modification_timestamp: at,
    content_hash: '0'.repeat(32),
    run_id: 1,
    created_at: at,
    updated_at: at,
    ...more,
  };
}

/** A row of the file of a medium. */
export function fileRow(listing: string, key: string, more: StoredRow = {}): StoredRow {
  return {
    media_key: key,
    listing_key: listing,
    state: 'stored',
    wanted_for: 'x',
    store_path: `3f/a1/${key}.jpg`,
    byte_size: 1234,
    content_type: 'image/jpeg',
    width: 1600,
    height: 1200,
    sizes: '320,1280',
    ...more,
  };
}

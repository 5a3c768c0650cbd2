import type { Session, SqlValue } from '../../../db/pool.ts';
import { contains, joinConditions } from '../../list/condition.ts';
import { IS_ADDRESS_SHOWN, IS_DISPLAY_ALLOWED } from '../../listing-display.ts';

/** A record that matches what was searched for. */
export type FoundRecord = {
  /** Null: a listing; otherwise the source of the item. */
  readonly source: string | null;
  readonly key: string;
  /** The address of a listing, unless it must not be shown; the title of an item. */
  readonly title: string | null;
  readonly state: string | null;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly updatedAt: string;
};

/** Records that are shown at most. */
export const MAX_FOUND = 20;

/** Whether the licence lets the address of a listing be shown. Missing flags allow it. */
export const SHOWS_ADDRESS = `(${IS_DISPLAY_ALLOWED} AND ${IS_ADDRESS_SHOWN})`;

/**
 * Finds listings by key, id or a part of the address, and items by their id. Exact keys come first.
 * @returns more than `MAX_FOUND` records if there are more.
 */
export async function findRecords(
  session: Session,
  text: string,
  itemSources: readonly string[],
): Promise<FoundRecord[]> {
  const exact = await findListings(session, 'listing_key = ? OR listing_id = ?', [text, text]);
  const items = await findItems(session, text, itemSources);
  if (exact.length + items.length > 0) return [...exact, ...items];
  const { sql, values } = joinConditions([
    ...contains(['unparsed_address'], text),
    { sql: `${SHOWS_ADDRESS} AND deleted_at IS NULL`, values: [] },
  ]);
  return findListings(session, sql, values);
}

async function findListings(
  session: Session,
  condition: string,
  values: readonly SqlValue[],
): Promise<FoundRecord[]> {
  return session.select<FoundRecord>(
    `SELECT NULL AS source, listing_key AS \`key\`, IF(${SHOWS_ADDRESS}, unparsed_address, NULL) AS title, ` +
      "IF(deleted_at IS NULL, standard_status, 'deleted') AS state, updated_at AS updatedAt " +
      `FROM properties WHERE ${condition} ORDER BY listing_key LIMIT ${MAX_FOUND + 1}`,
    values,
  );
}

/** Items of one source at a time: ids are indexed below their source. */
async function findItems(session: Session, id: string, sources: readonly string[]): Promise<FoundRecord[]> {
  const found: FoundRecord[] = [];
  for (const source of sources) {
    const rows = await session.select<FoundRecord>(
      'SELECT source_name AS source, external_id AS `key`, title, ' +
        "IF(deleted_at IS NULL, category, 'deleted') AS state, updated_at AS updatedAt FROM unified_items " +
        'WHERE source_name = ? AND external_id = ? LIMIT 1',
      [source, id],
    );
    found.push(...rows);
  }
  return found;
}

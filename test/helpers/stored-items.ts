import type { FreshDatabase } from './database.ts';

/** Stores items `item-1` to `item-COUNT` of the source `news`, each changed a second after the one before. */
export async function addItems(
  db: FreshDatabase,
  count: number,
  more: (nth: number) => Record<string, unknown> = () => ({}),
): Promise<void> {
  for (let nth = 1; nth <= count; nth += 1) {
    const at = new Date(Date.UTC(2026, 0, 1) + nth * 1000).toISOString().replace('T', ' ').replace('Z', '');
    const row = {
      source_type: 'rss',
      source_name: 'news',
      external_id: `item-${nth}`,
      title: `Title ${nth}`,
      metadata: '{}',
      published_at: at,
      first_seen_at: at,
      updated_at: at,
      item_hash: '0'.repeat(32),
      run_id: 1,
      ...more(nth),
    };
    const names = Object.keys(row).map((name) => `\`${name}\``);
    await db.query(
      `INSERT INTO unified_items (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      Object.values(row),
    );
  }
}

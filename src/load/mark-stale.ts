import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { STALE_PREFIX } from '../model/stale-hash.ts';
import { keyColumn, quote } from './statement.ts';

/** Changes only the content hash of rows, so that they differ from the feed. */
export async function markStale(session: Session, dataset: Dataset, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await session.run(
    `UPDATE ${quote(dataset.table)} SET content_hash = CONCAT('${STALE_PREFIX}', SUBSTRING(content_hash, ${STALE_PREFIX.length + 1})) ` +
      `WHERE ${quote(keyColumn(dataset))} IN (${placeholders(keys.length)})`,
    keys,
  );
}

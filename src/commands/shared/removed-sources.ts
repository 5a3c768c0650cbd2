import type { Session } from '../../db/pool.ts';
import { formatInteger } from '../../lib/number.ts';
import { countItems } from '../../record/item.ts';
import { readItemStates } from '../../record/item-checkpoint.ts';
import type { SourceType } from '../../sources/items.ts';

/** What is stored of a source of items that is not configured any more. */
export type RemovedSource = {
  readonly source: string;
  /** Of its last run; null if no run stored it. */
  readonly type: SourceType | null;
  /** Without those that are marked as deleted. */
  readonly items: number;
  readonly deleted: number;
  /** Stored records that cannot be items. */
  readonly unmapped: number;
};

/** Finds sources of items that are stored and not configured, by name. @param configured the ids of all sources. */
export async function findRemovedSources(
  session: Session,
  configured: readonly string[],
): Promise<RemovedSource[]> {
  const counts = await countItems(session);
  const states = await readItemStates(session);
  const names = new Set([...counts.map(({ source }) => source), ...states.keys()]);
  for (const id of configured) names.delete(id);
  return [...names].sort().map((source) => {
    const { items = 0, deleted = 0, unprocessed = 0 } = counts.find((each) => each.source === source) ?? {};
    const type = (states.get(source)?.sourceType ?? null) as SourceType | null;
    return { source, type, items, deleted, unmapped: unprocessed };
  });
}

export function describeRemoved({ source, items, deleted, unmapped }: RemovedSource): string {
  const others = unmapped === 0 ? '' : `, ${formatInteger(unmapped)} unmapped`;
  return `${source} is not in sources.yaml any more; stored: ${formatInteger(items + deleted)} items${others}`;
}

/** The statements that delete all that is stored of a source. */
export function listRemovals({ source }: RemovedSource): string[] {
  const name = source.replaceAll(/['\\]/g, '$&$&');
  return ['unified_items', 'raw_data', 'etl_checkpoints'].map(
    (table) => `DELETE FROM ${table} WHERE source_name = '${name}';`,
  );
}

import { DAY_MS, toSqlDateTime } from '../../lib/time.ts';
import { childTablesOf } from '../../load/remove.ts';
import {
  removeExpiredChanges,
  removeExpiredDeletions,
  removeExpiredImports,
  removeExpiredRawRecords,
  removeExpiredRuns,
  removeExpiredUsage,
} from '../../record/expired.ts';
import type { ActiveRun } from '../active-run.ts';
import { removeExpiredItems } from './expired-items.ts';
import { createRowRemover } from './expired-rows.ts';
import { removeStrayPayloads } from './stray-payloads.ts';

/** What is removed, in batches. */
export type Step = {
  /** The table. */
  readonly name: string;
  /** @returns how many rows it removed; 0: none is left. */
  readonly removeBatch: () => Promise<number>;
};

/** Lists what a run of this source removes. @param now milliseconds. */
export function listSteps(active: ActiveRun, now: number): Step[] {
  const { connection, options, tools } = active;
  const { id, items, release } = tools.source;
  const { runDays, deletedDays, historyDays } = tools.settings.retention;
  const daysAgo = (days: number): string => toSqlDateTime(now - days * DAY_MS);
  const runsBefore = daysAgo(runDays);
  const steps: Step[] = [
    { name: 'etl_sync_log', removeBatch: () => removeExpiredRuns(connection, id, runsBefore) },
    { name: 'etl_api_usage', removeBatch: () => removeExpiredUsage(connection, runsBefore) },
    ...options.resources.map((dataset): Step => ({
      name: dataset.rawTable,
      removeBatch: () => removeStrayPayloads(active, dataset),
    })),
  ];
  if (release !== undefined)
    steps.push({ name: 'etl_import', removeBatch: () => removeExpiredImports(connection, id, runsBefore) });
  if (items !== undefined)
    steps.push({ name: 'raw_data', removeBatch: () => removeExpiredRawRecords(connection, id, runsBefore) });
  if (deletedDays !== undefined) {
    // Without its deletion, `asof` would show a listing of which only changes are left as stored.
    const keptDays = tools.settings.keepHistory ? historyDays : 0;
    const deletionsBefore = keptDays === undefined ? undefined : daysAgo(Math.max(deletedDays, keptDays));
    steps.push(...listDeletedSteps(active, daysAgo(deletedDays), deletionsBefore));
  }
  if (historyDays !== undefined && options.resources.length > 0) {
    const removeBatch = (): Promise<number> => removeExpiredChanges(connection, daysAgo(historyDays));
    steps.push({ name: 'listing_change', removeBatch });
  }
  return steps;
}

/**
 * Rows that were deleted before a time, and entries of deletions before another; undefined: these stay. Parents come first, and
 * their children go with them.
 */
function listDeletedSteps(active: ActiveRun, before: string, deletionsBefore: string | undefined): Step[] {
  const { connection, options, tools } = active;
  const { resources } = options;
  const items: Step[] =
    tools.source.items === undefined
      ? []
      : [{ name: 'unified_items', removeBatch: () => removeExpiredItems(active, before) }];
  const rows = resources.map((dataset): Step => ({
    name: dataset.table,
    removeBatch: createRowRemover(active, dataset, childTablesOf(dataset, resources), before),
  }));
  const deletions: Step[] =
    resources.length === 0 || deletionsBefore === undefined
      ? []
      : [{ name: 'etl_deletion', removeBatch: () => removeExpiredDeletions(connection, deletionsBefore) }];
  return [...items, ...rows, ...deletions];
}

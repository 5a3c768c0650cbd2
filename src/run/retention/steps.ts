import { DAY_MS, toSqlDateTime } from '../../lib/time.ts';
import { childTablesOf } from '../../load/remove.ts';
import {
  purgeChanges,
  purgeDeletions,
  purgeImports,
  purgeRawRecords,
  purgeRuns,
  purgeUsage,
} from '../../record/purge.ts';
import type { ActiveRun } from '../active-run.ts';
import { purgeItems } from './purge-items.ts';
import { purgePayloads } from './purge-payloads.ts';
import { createRowPurger } from './purge-rows.ts';

/** What is purged, in batches. */
export type Step = {
  /** The table. */
  readonly name: string;
  /** Purges the next rows. @returns how many it handled, rows that the database refuses to delete included; 0: none is left. */
  readonly purgeBatch: () => Promise<number>;
};

/** Lists what a run of this source purges. @param now milliseconds. */
export function listSteps(active: ActiveRun, now: number): Step[] {
  const { connection, options, tools } = active;
  const { id, items, release } = tools.source;
  const { runDays, deletedDays, historyDays } = tools.settings.retention;
  const daysAgo = (days: number): string => toSqlDateTime(now - days * DAY_MS);
  const runsBefore = daysAgo(runDays);
  const steps: Step[] = [
    { name: 'etl_sync_log', purgeBatch: () => purgeRuns(connection, id, runsBefore) },
    { name: 'etl_api_usage', purgeBatch: () => purgeUsage(connection, runsBefore) },
  ];
  if (release !== undefined)
    steps.push({ name: 'etl_import', purgeBatch: () => purgeImports(connection, id, runsBefore) });
  if (items !== undefined)
    steps.push({ name: 'raw_data', purgeBatch: () => purgeRawRecords(connection, id, runsBefore) });
  if (deletedDays !== undefined) {
    // Without its deletion, `asof` would show a listing of which only changes are left as stored.
    const keptDays = tools.settings.keepHistory ? historyDays : 0;
    const deletionsBefore = keptDays === undefined ? undefined : daysAgo(Math.max(deletedDays, keptDays));
    steps.push(...listDeletedSteps(active, daysAgo(deletedDays), deletionsBefore));
  }
  if (historyDays !== undefined && options.resources.length > 0) {
    const purgeBatch = (): Promise<number> => purgeChanges(connection, daysAgo(historyDays));
    steps.push({ name: 'listing_change', purgeBatch });
  }
  const payloads = options.resources.map((dataset): Step => ({
    name: 'etl_early_payload',
    purgeBatch: () => purgePayloads(active, dataset),
  }));
  return [...steps, ...payloads];
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
      : [{ name: 'unified_items', purgeBatch: () => purgeItems(active, before) }];
  const rows = resources.map((dataset): Step => ({
    name: dataset.table,
    purgeBatch: createRowPurger(active, dataset, childTablesOf(dataset, resources), before),
  }));
  const deletions: Step[] =
    resources.length === 0 || deletionsBefore === undefined
      ? []
      : [{ name: 'etl_deletion', purgeBatch: () => purgeDeletions(connection, deletionsBefore) }];
  return [...items, ...rows, ...deletions];
}

import { MAX_SQL_DATETIME } from '../../lib/time.ts';
import { readDeletedKeys } from '../../load/window.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reject, Row } from '../../model/row.ts';
import { markChildSetsStale } from '../../record/stale-parents.ts';
import {
  findQuarantinedKeys,
  markEvaluated,
  readQuarantinedParents,
  readQuarantinedKeys,
  readQuarantined,
  updateReasons,
  readRetryableKeys,
} from '../../record/quarantine.ts';
import { NOT_UTF8, createTransformer } from '../../transform/page.ts';
import { hashRules } from '../../transform/rules.ts';
import type { ActiveRun } from '../active-run.ts';
import { commit } from '../commit.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { parentKeyOf } from '../modes/parent-key.ts';
import { hasParentVersion, parentLink } from '../../dataset/reading.ts';

/** Fewer than the number of rejected rows that fails a page: see load/refusals.ts. */
const BATCH_SIZE = 40;

/**
 * Sends records in quarantine through transform and load again: they may fit after a change of the tables or rules. A newer
 * row is never overwritten. Valid records leave the quarantine; the others stay, with their current reasons.
 * The next sync fetches the whole sets of quarantined media again.
 * @param wanted the keys to replay; undefined for all.
 */
export async function replay(
  active: ActiveRun,
  wanted: ReadonlySet<string> | undefined,
): Promise<{ good: number; bad: number }> {
  let good = 0;
  let bad = 0;
  for (const dataset of active.options.resources) {
    for (let last = ''; ;) {
      const keys = await readQuarantinedKeys(active.connection, dataset.name, last, BATCH_SIZE);
      if (keys.length === 0) break;
      last = keys.at(-1)!;
      const selected = keys.filter((key) => wanted?.has(key) ?? true);
      const rows = await replayKeys(active, dataset, selected);
      good += rows;
      bad += selected.length - rows;
      active.tools.signal.throwIfAborted();
    }
  }
  return { good, bad };
}

/**
 * Replays, without a call, records that were rejected under other fields or rules (they may fit after an upgrade or a change
 * of STRICT_FIELDS or of a column; each is replayed once), and records that a unique index rejected, because the other record
 * may have changed.
 */
export async function replayRetryable(active: ActiveRun, dataset: Dataset): Promise<void> {
  const { connection, options, tools } = active;
  // A record without its own timestamp lacks the version that it was fetched for: its set is fetched again instead.
  if (options.dryRun || hasParentVersion(dataset)) return;
  const rules = { resource: dataset.name, rules: hashRules(dataset) };
  let good = 0;
  let bad = 0;
  for (let last = ''; ;) {
    const keys = await readRetryableKeys(connection, rules, last, BATCH_SIZE);
    if (keys.length === 0) break;
    last = keys.at(-1)!;
    const rows = await replayStored(active, dataset, keys);
    await commitFenced(active, dataset, keepWatermark, (session) => markEvaluated(session, rules, keys));
    good += rows;
    bad += keys.length - rows;
    tools.signal.throwIfAborted();
  }
  if (good + bad > 0)
    tools.log.main.info({ resource: dataset.name, good, bad }, 'quarantined records replayed');
}

async function replayKeys(active: ActiveRun, dataset: Dataset, keys: readonly string[]): Promise<number> {
  return parentLink(dataset) === undefined
    ? replayStored(active, dataset, keys)
    : markSetsStale(active, dataset, keys);
}

/** Replays stored records. @returns how many left the quarantine. */
async function replayStored(active: ActiveRun, dataset: Dataset, keys: readonly string[]): Promise<number> {
  const { rows, rejects, skippedOlder } = await transformStored(active, dataset, keys);
  const wanted = await withoutDeletedParents(active, dataset, rows);
  if (wanted.length > 0) {
    const page = { rows: wanted, rejects: [], skippedOlder };
    await commit(active, { dataset, page, pages: 0, protectedUpTo: MAX_SQL_DATETIME });
  }
  await saveReasons(active, dataset, rejects);
  // The database may have refused some of them again.
  const held = await findQuarantinedKeys(active.connection, dataset.name, keys);
  return keys.length - held.size;
}

/** Transforms stored records by the current rules; without those that are damaged. */
async function transformStored(
  { connection }: ActiveRun,
  dataset: Dataset,
  keys: readonly string[],
): Promise<ReturnType<ReturnType<typeof createTransformer>>> {
  const records: string[] = [];
  for (const key of keys) {
    const entries = await readQuarantined(connection, key);
    const own = entries.filter(
      (entry) => entry.resource === dataset.name && !entry.reasons.includes(NOT_UTF8),
    );
    records.push(...own.map((entry) => entry.raw));
  }
  return createTransformer(dataset)({ records, damaged: new Set(), cursor: undefined });
}

async function saveReasons(active: ActiveRun, dataset: Dataset, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  await commitFenced(active, dataset, keepWatermark, (session) =>
    updateReasons(session, dataset.name, rejects),
  );
}

/** Drops children of deleted records: they were deleted along with their parent, and a replay must not restore them alone. */
async function withoutDeletedParents(
  { connection, tools }: ActiveRun,
  dataset: Dataset,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const parent = tools.catalogue.find(({ name }) => name === parentLink(dataset)?.parent);
  if (parent === undefined || rows.length === 0) return rows;
  const keyOf = (row: Row): string => parentKeyOf(dataset, row) ?? '';
  const deleted = await readDeletedKeys(connection, parent, rows.map(keyOf));
  return rows.filter((row) => !deleted.has(keyOf(row)));
}

/** Marks sets as stale, so that the next sync fetches them again: a record may have left its set since. */
async function markSetsStale(active: ActiveRun, dataset: Dataset, keys: readonly string[]): Promise<number> {
  const parents = await readQuarantinedParents(active.connection, dataset.name, keys);
  await commitFenced(active, dataset, keepWatermark, (session) =>
    markChildSetsStale(session, dataset, parents),
  );
  // A record without its own timestamp lacks the version that it was fetched for.
  if (hasParentVersion(dataset)) return 0;
  const { rejects } = await transformStored(active, dataset, keys);
  await saveReasons(active, dataset, rejects);
  return 0;
}

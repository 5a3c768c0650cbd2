import { applyBisecting } from '../../db/by-halves.ts';
import { ImplausibleDataError } from '../../errors.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { countRows } from '../../load/count.ts';
import { type ChildTable, markDeleted } from '../../load/remove.ts';
import { columnFor, keyColumn } from '../../load/statement.ts';
import { readVersions } from '../../load/window.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import {
  readMissingUpstream,
  readAnyStagedKey,
  clearCensus,
  type ComparedTable,
  countMissingUpstream,
  readMissingLocally,
} from '../../record/census.ts';
import { type Deletion, saveDeletions } from '../../record/deletion.ts';
import { markChildSetsStale } from '../../record/stale-parents.ts';
import { deleteQuarantined, deleteWithoutKey, quarantineRejects } from '../../record/quarantine.ts';
import { saveRun } from '../../record/run-log.ts';
import { hashRules } from '../../transform/rules.ts';
import type { ActiveRun } from '../active-run.ts';
import { undeletableReject } from '../blocked.ts';
import { findPresentKeys } from '../by-key.ts';
import { takeCensus } from './census.ts';
import { fetchByKey } from '../fetch-by-key.ts';
import { commitFenced, keepWatermark, getWatermark } from '../fence.ts';
import { splitIntoRequests } from '../pack.ts';
import { removeRowsAndIssues } from '../remove-rows.ts';
import { loadChildSets } from '../modes/child-sets.ts';
import { countPage, zeroCounts, addToTally, toRunState } from '../tally.ts';
import { hasParentVersion, parentLink, photoFields, versionField } from '../../dataset/reading.ts';

export type ReconcileOptions = {
  readonly isHard: boolean;
  /** Whether the user allows more deletions than `maxDeletePercent`. */
  readonly isForced: boolean;
  readonly maxDeletePercent: number;
};

/** The result of comparing one dataset. */
export type Findings = {
  /** Keys in the feed. */
  readonly upstream: number;
  /** Rows stored at the end. */
  readonly here: number;
  /** Missing or stale rows that were fetched. */
  readonly fetched: number;
  /** Rows that are absent from the census. */
  readonly candidates: number;
  /** Rows that are absent from the second look-up too. */
  readonly deleted: number;
};

/**
 * Whether the keys of a dataset can be compared with the feed's. Media are excluded, because every sync compares them listing
 * by listing; so are children of filtered listings, because the feed lists the children of all listings.
 */
export function hasOwnKeys(dataset: Dataset, filters: Readonly<Record<string, string | undefined>>): boolean {
  const link = parentLink(dataset);
  return link === undefined || (link.staleBy !== 'photos' && filters[link.parent] === undefined);
}

/**
 * Whether the first load of a dataset is complete. Until then a comparison is pointless: it would fetch by key, a hundred per
 * request, the records that a load reads in pages of 1000.
 */
export async function isLoaded(active: ActiveRun, dataset: Dataset): Promise<boolean> {
  return (await getWatermark(active, dataset)).completeAt !== undefined;
}

/**
 * Compares every stored key with every key in the feed. Fetches missing and stale records, and deletes rows that were removed
 * upstream: only after a complete census, only if a second look-up does not find them either, and never more than a share of
 * the rows.
 * @throws ImplausibleDataError if the census is implausible or too many rows would be deleted.
 */
export async function reconcile(
  active: ActiveRun,
  dataset: Dataset,
  children: readonly ChildTable[],
  options: ReconcileOptions,
): Promise<Findings> {
  const { connection, tools } = active;
  const { keys: upstream, withoutKey } = await takeCensus(active, dataset);
  const photos = photoFields(dataset);
  const compared = {
    resource: dataset.name,
    table: dataset.table,
    key: keyColumn(dataset),
    version: hasParentVersion(dataset) ? undefined : columnFor(dataset, versionField(dataset)),
    photos:
      photos === undefined
        ? undefined
        : { changed: columnFor(dataset, photos.changed), count: columnFor(dataset, photos.count) },
  };
  const fetched = await fetchMissing(active, dataset, compared);
  const rows = await countRows(connection, dataset);
  const candidates = await countMissingUpstream(connection, compared);
  const expected = expirationOf(dataset, tools.clock.now());
  const unexpected =
    expected === undefined ? candidates : await countMissingUpstream(connection, compared, expected);
  refuseTooMany(dataset, unexpected, rows, options);
  const deleted = await deleteAbsent(active, dataset, compared, children, options);
  await clearCensus(connection, dataset.name);
  if (withoutKey === 0 && !active.options.dryRun) await deleteWithoutKey(connection, dataset.name);
  const found = { upstream, here: rows - deleted, fetched, candidates, deleted };
  // A dry run deletes and fetches nothing: what it found is not the state of the table.
  if (!active.options.dryRun) {
    const counted = { upstream, here: found.here };
    active.tally = addToTally(active.tally, dataset.name, zeroCounts, 0, { counted });
  }
  tools.log.main.info({ resource: dataset.name, ...found }, 'reconciled');
  return found;
}

/** Fetches missing and stale records, those without their own timestamp along with their listing. @returns how many there were. */
async function fetchMissing(active: ActiveRun, dataset: Dataset, compared: ComparedTable): Promise<number> {
  const { connection, options } = active;
  let fetched = 0;
  const usesParentVersion = hasParentVersion(dataset);
  for (let last = ''; ;) {
    const listed = await readMissingLocally(connection, compared, last, 1000);
    const keys = listed.map(({ key }) => key);
    if (keys.length === 0) break;
    last = keys.at(-1)!;
    if (options.dryRun) {
      fetched += keys.length;
      continue;
    }
    if (usesParentVersion) {
      fetched += await commitFenced(active, dataset, keepWatermark, (session) =>
        markChildSetsStale(session, dataset, keys),
      );
      continue;
    }
    fetched += (await fetchByKey(active, dataset, listed, await readAnyStagedKey(connection, dataset.name)))
      .records;
  }
  if (usesParentVersion && fetched > 0 && !options.dryRun) await loadChildSets(active, dataset);
  return fetched;
}

/** The column and time before which records expire on their own: an open house of yesterday proves nothing about the feed. */
function expirationOf(dataset: Dataset, now: number): { column: string; before: string } | undefined {
  const ends = dataset.read.kind === 'incremental' ? dataset.read.ends : undefined;
  return ends === undefined ? undefined : { column: columnFor(dataset, ends), before: toSqlDateTime(now) };
}

function refuseTooMany(dataset: Dataset, candidates: number, rows: number, options: ReconcileOptions): void {
  const percent = rows === 0 ? 0 : (candidates / rows) * 100;
  if (options.isForced || percent <= options.maxDeletePercent) return;
  throw new ImplausibleDataError(
    `${dataset.name}: ${candidates} of ${rows} rows (${percent.toFixed(1)} %) are absent from the feed, ` +
      `more than the ${options.maxDeletePercent} % that may be deleted at once: nothing was deleted`,
    {
      op: 'reconcile',
      hint: 'check the feed first; if they really were removed: trestle-etl reconcile --force',
    },
  );
}

async function deleteAbsent(
  active: ActiveRun,
  dataset: Dataset,
  compared: ComparedTable,
  children: readonly ChildTable[],
  options: ReconcileOptions,
): Promise<number> {
  let deleted = 0;
  for (let last = ''; ;) {
    const keys = await readMissingUpstream(active.connection, compared, last, 1000);
    if (keys.length === 0) return deleted;
    for (const part of splitIntoRequests(keys)) {
      const confirmed = await confirmAbsent(active, dataset, part);
      const isReal = confirmed.length > 0 && !active.options.dryRun;
      deleted += isReal
        ? await deleteConfirmed(active, dataset, children, confirmed, options)
        : confirmed.length;
      active.tools.signal.throwIfAborted();
    }
    last = keys.at(-1)!;
  }
}

/** Looks the keys up again, together with a key that is known to exist: an answer without that key proves nothing. */
async function confirmAbsent(
  { connection, tools }: ActiveRun,
  dataset: Dataset,
  keys: readonly string[],
): Promise<Omit<Deletion, 'version'>[]> {
  const { settings } = tools;
  const knownKey = await readAnyStagedKey(connection, dataset.name);
  const present = await findPresentKeys(
    tools,
    dataset,
    knownKey === undefined ? keys : [knownKey, ...keys],
    'filtered',
  );
  if (knownKey !== undefined && !present.has(knownKey)) {
    throw new ImplausibleDataError(
      `${dataset.name}: the second look-up did not find ${knownKey} either, which is in the census: nothing more was deleted`,
      { op: 'confirm deletions', hint: 'the feed sends incomplete answers: try later' },
    );
  }
  const absent = keys.filter((key) => !present.has(key));
  const isFiltered = settings.filters[dataset.name] !== undefined;
  const elsewhere =
    isFiltered && absent.length > 0
      ? await findPresentKeys(tools, dataset, absent, 'all')
      : new Set<string>();
  return absent.map((key) => ({
    key,
    reason: elsewhere.has(key)
      ? 'no longer matches the filter; still in the feed'
      : 'absent from the census of all keys, and from a second look-up by key',
  }));
}

/**
 * Deletes confirmed rows. Rows that the database refuses to delete go to quarantine: one of the user's foreign keys
 * references them, or a trigger forbids it. @returns how many were deleted.
 */
async function deleteConfirmed(
  active: ActiveRun,
  dataset: Dataset,
  children: readonly ChildTable[],
  confirmed: readonly Omit<Deletion, 'version'>[],
  { isHard }: ReconcileOptions,
): Promise<number> {
  const { tools, id } = active;
  const sorted = [...confirmed].sort((a, b) => (a.key < b.key ? -1 : 1));
  const done = await commitFenced(active, dataset, keepWatermark, async (session, _, at) => {
    const refused = await applyBisecting(session, sorted, async (part) => {
      const keys = part.map(({ key }) => key);
      const versions = await readVersions(session, dataset, keys);
      const entries = part.map((entry) => ({ ...entry, version: versions.get(entry.key) ?? null }));
      await saveDeletions(session, id, dataset.name, entries, at, isHard);
      if (isHard) await removeRowsAndIssues(session, dataset, children, keys);
      else await markDeleted(session, dataset, children, keys, at);
    });
    const rejects = [...refused].map(([{ key }, message]) =>
      undeletableReject({ key, parent: null, message }),
    );
    const keys = sorted.filter((entry) => !refused.has(entry)).map(({ key }) => key);
    const rules = { resource: dataset.name, rules: hashRules(dataset) };
    await quarantineRejects(session, rules, rejects, {
      run: id,
      source: tools.source.id,
      at,
      maxBytes: active.maxBytes,
    });
    await deleteQuarantined(session, dataset.name, keys);
    const counts = countPage({ ...zeroCounts, deleted: keys.length, rejected: rejects.length });
    const tally = addToTally(active.tally, dataset.name, counts, 0);
    await saveRun(session, id, toRunState(tally, tools.source.requests()), tools.clock.now());
    return { tally, keys, rejects };
  });
  active.tally = done.tally;
  const { name } = dataset;
  if (done.keys.length > 0)
    tools.log.quality.info({ resource: name, keys: done.keys, hard: isHard }, 'deleted');
  for (const { key, reasons } of done.rejects)
    tools.log.quality.warn({ resource: name, key, reasons }, 'quarantined');
  return done.keys.length;
}

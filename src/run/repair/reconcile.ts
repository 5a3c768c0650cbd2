import { applyByHalves } from '../../db/by-halves.ts';
import type { Session } from '../../db/pool.ts';
import { ImplausibleDataError } from '../../errors.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { countRows } from '../../load/count.ts';
import { type Child, markDeleted, removeRows } from '../../load/remove.ts';
import { readSets } from '../../load/set.ts';
import { columnFor, keyColumn } from '../../load/statement.ts';
import { versionsOf } from '../../load/window.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import {
  absentUpstream,
  anyStaged,
  clearCensus,
  type Compared,
  countAbsent,
  missingHere,
} from '../../record/census.ts';
import { type Deletion, journal } from '../../record/deletion.ts';
import { markDue } from '../../record/due.ts';
import { forgetFieldIssues } from '../../record/field-issue.ts';
import { forgetQuarantined, forgetWithoutKey, quarantine } from '../../record/quarantine.ts';
import { saveRun } from '../../record/run-log.ts';
import { rulesOf } from '../../transform/rules.ts';
import type { Active } from '../active.ts';
import { undeletableReject } from '../blocked.ts';
import { presentKeys } from '../by-key.ts';
import { takeCensus } from './census.ts';
import { fetchByKey } from '../fetch-by-key.ts';
import { fenced, stay, watermarkOf } from '../fence.ts';
import { inRequests } from '../pack.ts';
import { loadSets } from '../modes/sets.ts';
import { counted, nothing, tallied, toRunState } from '../tally.ts';
import { hasParentVersion, parentLink, photoFields, versionField } from '../../dataset/reading.ts';

export type ReconcileOptions = {
  readonly isHard: boolean;
  /** A person says that more than `maxDeletePercent` may go. */
  readonly isForced: boolean;
  readonly maxDeletePercent: number;
};

/** What was found of one resource. */
export type Findings = {
  /** Keys in the feed. */
  readonly upstream: number;
  /** Rows here at the end. */
  readonly here: number;
  /** Missing or stale, and fetched. */
  readonly fetched: number;
  /** Absent from the census. */
  readonly candidates: number;
  /** Absent from the second look-up too. */
  readonly deleted: number;
};

/**
 * Whether a resource's keys can be compared with the feed's: not those of media, which are compared listing by listing with
 * every sync, nor of what belongs to listings that are filtered, as the feed has that of all listings.
 */
export function hasKeysOfItsOwn(
  resource: Dataset,
  filters: Readonly<Record<string, string | undefined>>,
): boolean {
  const link = parentLink(resource);
  return link === undefined || (link.staleBy !== 'photos' && filters[link.parent] === undefined);
}

/**
 * Whether a resource's first load is through. Before that there is nothing to compare: what a load takes in pages of 1000
 * would be fetched by key, a hundred to a request.
 */
export async function isLoaded(active: Active, resource: Dataset): Promise<boolean> {
  return (await watermarkOf(active, resource)).completeAt !== undefined;
}

/**
 * Compares every stored key with every key in the feed: fetches what is missing, or stored in another version, and deletes
 * what the feed no longer has. Deletes only on a complete census, only what a second look-up does not find either, and never more than a
 * share of the rows.
 * @throws DoubtfulError where the census can't be believed, or too much would go.
 */
export async function reconcile(
  active: Active,
  resource: Dataset,
  children: readonly Child[],
  options: ReconcileOptions,
): Promise<Findings> {
  const { connection, tools } = active;
  const { keys: upstream, unusable } = await takeCensus(active, resource);
  const photos = photoFields(resource);
  const compared = {
    resource: resource.name,
    table: resource.table,
    key: keyColumn(resource),
    version: hasParentVersion(resource) ? undefined : columnFor(resource, versionField(resource)),
    photos:
      photos === undefined
        ? undefined
        : { changed: columnFor(resource, photos.changed), count: columnFor(resource, photos.count) },
  };
  const fetched = await fetchMissing(active, resource, compared);
  const rows = await countRows(connection, resource);
  const candidates = await countAbsent(connection, compared);
  const expected = endsBefore(resource, tools.clock.now());
  const unexpected = expected === undefined ? candidates : await countAbsent(connection, compared, expected);
  refuseTooMany(resource, unexpected, rows, options);
  const deleted = await deleteAbsent(active, resource, compared, children, options);
  await clearCensus(connection, resource.name);
  if (unusable === 0 && !active.options.dryRun) await forgetWithoutKey(connection, resource.name);
  const found = { upstream, here: rows - deleted, fetched, candidates, deleted };
  tools.log.main.info({ resource: resource.name, ...found }, 'reconciled');
  return found;
}

/** @returns how many were missing or stale. Records without a time of their own are fetched for their listing. */
async function fetchMissing(active: Active, resource: Dataset, compared: Compared): Promise<number> {
  const { connection, options } = active;
  let fetched = 0;
  const isTimeless = hasParentVersion(resource);
  for (let last = ''; ;) {
    const listed = await missingHere(connection, compared, last, 1000);
    const keys = listed.map(({ key }) => key);
    if (keys.length === 0) break;
    last = keys.at(-1)!;
    if (options.dryRun) {
      fetched += keys.length;
      continue;
    }
    if (isTimeless) {
      fetched += await fenced(active, resource, stay, (session) => markDue(session, resource, keys));
      continue;
    }
    fetched += (await fetchByKey(active, resource, listed, await anyStaged(connection, resource.name)))
      .records;
  }
  if (isTimeless && fetched > 0 && !options.dryRun) await loadSets(active, resource);
  return fetched;
}

/** What is over goes by itself: an open house of yesterday says nothing about the feed. */
function endsBefore(resource: Dataset, now: number): { column: string; before: string } | undefined {
  const ends = resource.read.kind === 'incremental' ? resource.read.ends : undefined;
  return ends === undefined ? undefined : { column: columnFor(resource, ends), before: toSqlDateTime(now) };
}

function refuseTooMany(resource: Dataset, candidates: number, rows: number, options: ReconcileOptions): void {
  const percent = rows === 0 ? 0 : (candidates / rows) * 100;
  if (options.isForced || percent <= options.maxDeletePercent) return;
  throw new ImplausibleDataError(
    `${resource.name}: ${candidates} of ${rows} rows (${percent.toFixed(1)} %) are absent from the feed, ` +
      `more than the ${options.maxDeletePercent} % that may go at once: nothing was deleted`,
    {
      op: 'reconcile',
      hint: 'look at the feed first; if they really are gone: trestle-etl reconcile --force',
    },
  );
}

async function deleteAbsent(
  active: Active,
  resource: Dataset,
  compared: Compared,
  children: readonly Child[],
  options: ReconcileOptions,
): Promise<number> {
  let deleted = 0;
  for (let last = ''; ;) {
    const keys = await absentUpstream(active.connection, compared, last, 1000);
    if (keys.length === 0) return deleted;
    for (const part of inRequests(keys)) {
      const confirmed = await confirm(active, resource, part);
      const isReal = confirmed.length > 0 && !active.options.dryRun;
      deleted += isReal ? await remove(active, resource, children, confirmed, options) : confirmed.length;
      active.tools.signal.throwIfAborted();
    }
    last = keys.at(-1)!;
  }
}

/** Looks the keys up once more. One that is known to be there is asked for with them: without it the answer proves nothing. */
async function confirm(
  { connection, tools }: Active,
  resource: Dataset,
  keys: readonly string[],
): Promise<Omit<Deletion, 'version'>[]> {
  const { settings } = tools;
  const witness = await anyStaged(connection, resource.name);
  const present = await presentKeys(
    tools,
    resource,
    witness === undefined ? keys : [witness, ...keys],
    'filtered',
  );
  if (witness !== undefined && !present.has(witness)) {
    throw new ImplausibleDataError(
      `${resource.name}: the second look-up did not even find ${witness}, which the census has: nothing more was deleted`,
      { op: 'confirm deletions', hint: 'the feed answers incompletely: try later' },
    );
  }
  const absent = keys.filter((key) => !present.has(key));
  const isFiltered = settings.filters[resource.name] !== undefined;
  const elsewhere =
    isFiltered && absent.length > 0 ? await presentKeys(tools, resource, absent, 'all') : new Set<string>();
  return absent.map((key) => ({
    key,
    reason: elsewhere.has(key)
      ? 'no longer matches the filter; the feed still has it'
      : 'absent from the census of all keys, and from a second look-up by key',
  }));
}

/**
 * Deletes what is confirmed, and puts into quarantine what the server refuses to delete: a foreign key of the user's own
 * refers to it, or a trigger forbids it. @returns how many were deleted.
 */
async function remove(
  active: Active,
  resource: Dataset,
  children: readonly Child[],
  confirmed: readonly Omit<Deletion, 'version'>[],
  { isHard }: ReconcileOptions,
): Promise<number> {
  const { tools, id } = active;
  const sorted = [...confirmed].sort((a, b) => (a.key < b.key ? -1 : 1));
  const done = await fenced(active, resource, stay, async (session, _, at) => {
    const refused = await applyByHalves(session, sorted, async (part) => {
      const keys = part.map(({ key }) => key);
      const versions = await versionsOf(session, resource, keys);
      const entries = part.map((entry) => ({ ...entry, version: versions.get(entry.key) ?? null }));
      await journal(session, id, resource.name, entries, at, isHard);
      if (isHard) await removeWhole(session, resource, children, keys);
      else await markDeleted(session, resource, children, keys, at);
    });
    const rejects = [...refused].map(([{ key }, message]) =>
      undeletableReject({ key, parent: null, message }),
    );
    const keys = sorted.filter((entry) => !refused.has(entry)).map(({ key }) => key);
    const rules = { resource: resource.name, rules: rulesOf(resource) };
    await quarantine(session, rules, rejects, {
      run: id,
      source: tools.source.id,
      at,
      maxBytes: active.maxBytes,
    });
    await forgetQuarantined(session, resource.name, keys);
    const counts = counted({ ...nothing, deleted: keys.length, rejected: rejects.length });
    const tally = tallied(active.tally, resource.name, counts, 0);
    await saveRun(session, id, toRunState(tally, tools.source.requests()), tools.clock.now());
    return { tally, keys, rejects };
  });
  active.tally = done.tally;
  const { name } = resource;
  if (done.keys.length > 0)
    tools.log.quality.info({ resource: name, keys: done.keys, hard: isHard }, 'deleted');
  for (const { key, reasons } of done.rejects)
    tools.log.quality.warn({ resource: name, key, reasons }, 'quarantined');
  return done.keys.length;
}

/** Removes rows with all that is remembered of them and of what belongs to them. */
async function removeWhole(
  session: Session,
  resource: Dataset,
  children: readonly Child[],
  keys: readonly string[],
): Promise<void> {
  for (const { resource: child } of children) {
    const sets = await readSets(session, child, keys, true);
    await forgetFieldIssues(session, child.name, [...sets.values()].flat());
  }
  await forgetFieldIssues(session, resource.name, keys);
  await removeRows(session, resource, children, keys);
}

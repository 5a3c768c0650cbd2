import { chunk } from '../../lib/chunk.ts';
import { DAY_MS, MINUTE_MS, parseInstant, toSqlDateTime } from '../../lib/time.ts';
import {
  hasOtherChanges,
  type ListingScope,
  markVanished,
  readChangedListings,
  readMediaOwners,
  readVanished,
  readWanted,
  saveWanted,
} from '../../record/media-change.ts';
import type { Watermark } from '../../record/watermark.ts';
import { commitFenced, getWatermark, keepWatermark, retryAfterReconnect } from '../fence.ts';
import { MEDIA_FILE, type Pass } from './pass.ts';

/** Listings that are compared at once. */
const LISTINGS = 500;

/** If more listings changed, reading all media in order is faster. */
const MAX_CHANGED_LISTINGS = 20_000;

/** A change can become visible this long after its time: a transaction may wait for locks. */
const OVERLAP_MS = 10 * MINUTE_MS;

/** All media are compared this often, for changes that no listing shows. */
const FULL_INTERVAL_MS = 7 * DAY_MS;

export type Comparison = { readonly wanted: number; readonly vanished: number };

/**
 * Finds media whose file is new, changed or no longer wanted, and stores that in their rows. Compares only the listings whose
 * media changed since the last comparison, if that is enough. A dry run counts them.
 */
export async function compareMedia(pass: Pass): Promise<Comparison> {
  const { active, options } = pass;
  if (options.listing !== undefined) return compareListings(pass, [options.listing]);
  const watermark = await getWatermark(active, MEDIA_FILE);
  const changed = await findChangedListings(pass, watermark);
  if (changed === undefined) return compareAll(pass, watermark);
  const found = await compareListings(pass, changed);
  await moveTo(pass, (before) => ({ ...before, cursor: toCursor(pass.startedAt) }));
  return found;
}

/** Undefined: all media must be compared. */
async function findChangedListings(
  { active, startedAt }: Pass,
  { cursor, completeAt, load }: Watermark,
): Promise<readonly string[] | undefined> {
  const comparedAt = parseInstant(cursor?.timestamp ?? '');
  if (comparedAt === undefined || completeAt === undefined || load !== undefined) return undefined;
  // Times from the future: the clock was wrong. Until then no change would be found.
  if (comparedAt > startedAt || completeAt > startedAt) return undefined;
  if (startedAt - completeAt > FULL_INTERVAL_MS) return undefined;
  const since = toSqlDateTime(comparedAt - OVERLAP_MS);
  return retryAfterReconnect(active, async () => {
    if (await hasOtherChanges(active.connection, toSqlDateTime(comparedAt))) return undefined;
    const keys = await readChangedListings(active.connection, since, MAX_CHANGED_LISTINGS + 1);
    return keys.length > MAX_CHANGED_LISTINGS ? undefined : keys;
  });
}

async function compareListings(pass: Pass, keys: readonly string[]): Promise<Comparison> {
  const found = { wanted: 0, vanished: 0 };
  for (const part of chunk(keys, LISTINGS)) {
    const { wanted, vanished } = await compare(pass, part, { keys: part }, keepWatermark);
    found.wanted += wanted;
    found.vanished += vanished;
    pass.active.tools.signal.throwIfAborted();
  }
  return found;
}

/** Compares all media, in the order of their listings. Resumes if an earlier run was interrupted. */
async function compareAll(pass: Pass, { load }: Watermark): Promise<Comparison> {
  const { active, startedAt } = pass;
  const found = { wanted: 0, vanished: 0 };
  const since = load?.cursor ?? toCursor(startedAt);
  let after = load?.cursor?.key ?? '';
  for (let isEnd = false; !isEnd;) {
    const from = after;
    const owners = await retryAfterReconnect(active, () =>
      readMediaOwners(active.connection, from, LISTINGS),
    );
    isEnd = owners.length < LISTINGS;
    const upTo = isEnd ? undefined : owners.at(-1)!;
    const cursor = { timestamp: since.timestamp, key: upTo ?? from };
    const { wanted, vanished } = await compare(pass, owners, { after: from, upTo }, (before) => ({
      ...before,
      load: { cursor, run: before.load?.run ?? active.id },
    }));
    found.wanted += wanted;
    found.vanished += vanished;
    after = upTo ?? from;
    active.tools.signal.throwIfAborted();
  }
  await moveTo(pass, (before) => ({
    ...before,
    cursor: { timestamp: since.timestamp },
    completeAt: startedAt,
    load: undefined,
  }));
  return found;
}

/** Reads the differences first, without locks, and commits only if there are any. */
async function compare(
  { active, media, startedAt }: Pass,
  owners: readonly string[],
  scope: ListingScope,
  move: (watermark: Watermark) => Watermark,
): Promise<Comparison> {
  const { connection, options } = active;
  const { changedBy, keepDeletedMs } = media.settings;
  const wanted =
    owners.length === 0
      ? []
      : await retryAfterReconnect(active, () => readWanted(connection, owners, changedBy));
  const vanished = await retryAfterReconnect(active, () => readVanished(connection, scope));
  const found = { wanted: wanted.length, vanished: vanished.length };
  if (options.dryRun || found.wanted + found.vanished === 0) return found;
  await commitFenced(active, MEDIA_FILE, move, async (session) => {
    await saveWanted(session, wanted, active.id);
    const removeAt = toSqlDateTime(startedAt + keepDeletedMs);
    await markVanished(session, vanished, { now: toSqlDateTime(startedAt), removeAt, run: active.id });
  });
  return found;
}

async function moveTo({ active }: Pass, move: (watermark: Watermark) => Watermark): Promise<void> {
  if (active.options.dryRun) return;
  await commitFenced(active, MEDIA_FILE, move, () => Promise.resolve());
}

function toCursor(ms: number): { readonly timestamp: string; readonly key?: string } {
  return { timestamp: new Date(ms).toISOString() };
}

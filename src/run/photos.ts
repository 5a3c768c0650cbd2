import { patiently } from '../db/patience.ts';
import { QueryRefusedError } from '../errors.ts';
import type { PhotosPage } from '../extract/source.ts';
import { havePhotosStayed, indexOf } from '../load/index-row.ts';
import type { Cursor, Page, Resource } from '../model.ts';
import { heldVersions } from '../record/quarantine.ts';
import { earlier, later, type Watermark } from '../record/watermark.ts';
import { slicedTransformer, type Transformed } from '../transform/page.ts';
import { type Active, databaseTools, type RunTools } from './active.ts';
import { ahead } from './ahead.ts';
import { askForRecords } from './by-key.ts';
import { commit, NO_RECORDS } from './commit.ts';
import { fenced, watermarkOf } from './fenced.ts';
import { inRequests } from './pack.ts';
import { isPhotosCheckDue } from './photos-due.ts';
import { lasting } from './track.ts';

/** Before any photo. A bound is needed: without one the feed sends records without photos first. */
const BEGINNING: Cursor = { timestamp: '1900-01-01T00:00:00.000Z' };

/**
 * Finds listings whose photos changed although the listing's own timestamp did not move, by one query for index fields, and
 * stores them as the feed shows them now. Their media are due then. The photos watermark moves with what was found, so that
 * a run that is killed forgets nothing. A feed that refuses the query is asked again after METADATA_MAX_AGE.
 * @returns whether every listing that was found was also brought by its key. If not, the watermark stays before it.
 */
export async function checkPhotos(active: Active, resource: Resource): Promise<boolean> {
  const { tools, options } = active;
  const watermark = await watermarkOf(active, resource);
  const described = options.resources.find(({ name }) => name === resource.name) ?? resource;
  const now = tools.clock.now();
  if (
    options.mode !== 'sync' ||
    !isPhotosCheckDue(described, options.resources, watermark, now, tools.settings)
  )
    return true;
  if (resource.photos === undefined) {
    const { changed, count } = described.photos!;
    await noteRefusal(active, resource, `the licence lacks ${changed} or ${count}`);
    return true;
  }
  const { timestamp } = watermark.photos;
  const from = timestamp === undefined ? BEGINNING : earlier({ timestamp }, tools.settings.overlap);
  let found = 0;
  let absent = 0;
  for await (const page of indexPages(active, resource, from)) {
    const keys = await findStale(active, resource, page);
    found += keys.length;
    if (!options.dryRun)
      absent += await storeStale(active, resource, keys, absent > 0 ? undefined : page.cursor);
    tools.signal.throwIfAborted();
  }
  if (found === 0) return true;
  tools.log.main.info({ resource: resource.name, found, from }, 'photos changed without their listing');
  const verb = options.dryRun ? 'would be fetched' : 'were fetched';
  tools.progress.say(
    `${resource.name}: photos of ${found} listings changed without the listing; they ${verb}`,
  );
  if (absent === 0) return true;
  tools.log.quality.warn(
    { resource: resource.name, absent },
    'listings whose photos changed were not sent by their keys; the next sync asks again',
  );
  return false;
}

/** Ends without a page if the feed refuses the query. */
async function* indexPages(active: Active, resource: Resource, from: Cursor): AsyncGenerator<PhotosPage> {
  const { tools } = active;
  let began = false;
  try {
    for await (const page of ahead(tools, (own) => tools.source.changedPhotos(resource, from, own))) {
      began = true;
      yield page;
    }
  } catch (error) {
    const isRefused = error instanceof QueryRefusedError && [400, 403].includes(error.status);
    if (began || !isRefused) throw error;
    await noteRefusal(active, resource, error.message);
  }
}

/** Keys of listings that are not stored, or with other photos; not those that quarantine holds in the feed's version. */
async function findStale({ tools }: Active, resource: Resource, { entries }: PhotosPage): Promise<string[]> {
  const keys = entries.map(({ key }) => key);
  const stored = await patiently(databaseTools(tools), () => indexOf(tools.database, resource, keys));
  const stale = entries.filter((entry) => {
    const row = stored.get(entry.key);
    return row === undefined || !havePhotosStayed(row, entry);
  });
  const held = await patiently(databaseTools(tools), () =>
    heldVersions(
      tools.database,
      resource.name,
      stale.map(({ key }) => key),
    ),
  );
  return stale.flatMap(({ key, version }) => {
    const own = held.get(key);
    return own !== undefined && own === version ? [] : [key];
  });
}

/**
 * Stores what the feed shows of these keys. The last page moves the watermark, unless a key was not brought.
 * @returns how many were not.
 */
async function storeStale(
  active: Active,
  resource: Resource,
  keys: readonly string[],
  reached: Cursor | undefined,
): Promise<number> {
  const { tools } = active;
  let last: Brought | undefined;
  let brought = 0;
  for await (const page of ahead(tools, (own) => recordsByKey(tools, resource, keys, own))) {
    if (last !== undefined) await commit(active, { resource, page: last.page, pages: 1 });
    brought += page.records;
    last = page;
  }
  const absent = Math.max(0, keys.length - brought);
  const move = (watermark: Watermark): Watermark =>
    withPhotosReached(watermark, absent > 0 ? undefined : reached, tools.source.now());
  const before = await watermarkOf(active, resource);
  const isMoved = move(before).photos.timestamp !== before.photos.timestamp;
  if (last === undefined && !isMoved && before.photos.refusal === undefined) return absent;
  await commit(active, { resource, page: last?.page ?? NO_RECORDS, move, pages: last === undefined ? 0 : 1 });
  return absent;
}

type Brought = { readonly page: Transformed; readonly records: number };

/** A list of keys that is refused is asked for in halves; a key that is refused alone is not brought. */
async function* recordsByKey(
  tools: RunTools,
  resource: Resource,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Brought> {
  const transform: (page: Page) => Promise<Transformed> = slicedTransformer(resource);
  const ask = askForRecords(tools, resource, signal);
  for (const part of inRequests(keys)) {
    const { items } = await ask(part);
    for (const page of items) yield { page: await transform(page), records: page.records.length };
  }
}

function withPhotosReached(watermark: Watermark, reached: Cursor | undefined, now: number): Watermark {
  const { timestamp } = watermark.photos;
  const known = timestamp === undefined ? undefined : { timestamp };
  const moved = later(known, lasting(reached, now));
  return { ...watermark, photos: { timestamp: moved?.timestamp, refusal: undefined } };
}

/** Reported once, and again only after the feed has answered the query in between. */
async function noteRefusal(active: Active, resource: Resource, message: string): Promise<void> {
  const { tools, options } = active;
  const { refusal } = (await watermarkOf(active, resource)).photos;
  const refused = { at: tools.clock.now(), message: tools.clean(message).slice(0, 1000) };
  if (refusal === undefined) {
    tools.log.main.warn(
      { resource: resource.name, refusal: refused.message },
      'photos that change without their listing cannot be looked for; reconcile finds them',
    );
    tools.progress.say(
      `${resource.name}: photos that change without their listing are found by reconcile only: ${refused.message}`,
    );
  }
  if (options.dryRun) return;
  await fenced(
    active,
    resource,
    (watermark) => ({ ...watermark, photos: { ...watermark.photos, refusal: refused } }),
    async () => undefined,
  );
}

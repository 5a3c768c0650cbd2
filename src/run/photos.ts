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
 */
export async function checkPhotos(active: Active, resource: Resource): Promise<void> {
  const { tools, options } = active;
  const watermark = await watermarkOf(active, resource);
  const described = options.resources.find(({ name }) => name === resource.name) ?? resource;
  const now = tools.clock.now();
  if (
    options.mode !== 'sync' ||
    !isPhotosCheckDue(described, options.resources, watermark, now, tools.settings)
  )
    return;
  if (resource.photos === undefined) {
    const { changed, count } = described.photos!;
    return noteRefusal(active, resource, `the licence lacks ${changed} or ${count}`);
  }
  const { timestamp } = watermark.photos;
  const from = timestamp === undefined ? BEGINNING : earlier({ timestamp }, tools.settings.overlap);
  let found = 0;
  for await (const page of indexPages(active, resource, from)) {
    const keys = await findStale(active, resource, page);
    found += keys.length;
    if (!options.dryRun) await storeStale(active, resource, keys, page.cursor);
    tools.signal.throwIfAborted();
  }
  if (found === 0) return;
  tools.log.main.info({ resource: resource.name, found, from }, 'photos changed without their listing');
  const verb = options.dryRun ? 'would be fetched' : 'were fetched';
  tools.progress.say(
    `${resource.name}: photos of ${found} listings changed without the listing; they ${verb}`,
  );
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

/** The last page of what was found moves the watermark. */
async function storeStale(
  active: Active,
  resource: Resource,
  keys: readonly string[],
  reached: Cursor | undefined,
): Promise<void> {
  const { tools } = active;
  const move = (watermark: Watermark): Watermark => withPhotosReached(watermark, reached, tools.source.now());
  let last: Transformed | undefined;
  for await (const page of ahead(tools, (own) => transformedByKey(tools, resource, keys, own))) {
    if (last !== undefined) await commit(active, { resource, page: last, pages: 1 });
    last = page;
  }
  const before = (await watermarkOf(active, resource)).photos;
  const isMoved = move(await watermarkOf(active, resource)).photos.timestamp !== before.timestamp;
  if (last === undefined && !isMoved && before.refusal === undefined) return;
  await commit(active, { resource, page: last ?? NO_RECORDS, move, pages: last === undefined ? 0 : 1 });
}

async function* transformedByKey(
  { source }: RunTools,
  resource: Resource,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Transformed> {
  const transform: (page: Page) => Promise<Transformed> = slicedTransformer(resource);
  for (const part of inRequests(keys)) {
    for await (const page of source.byKeys(resource, part, signal)) yield await transform(page);
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

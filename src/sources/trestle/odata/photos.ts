import { ConfigError } from '../../../errors.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { PhotosPage } from '../../source.ts';
import { MOST_KEYS, partsOf } from './census.ts';
import type { Feed } from './feed.ts';
import { keysetPages } from './pages.ts';
import { photoFields, versionField } from '../../../dataset/reading.ts';

/**
 * Index fields of the records whose photos changed at or after `from`, in the order of (time of that change, key). In the
 * largest pages there are; a server that refuses those is asked for ordinary ones.
 * @throws QueryRefusedError if the feed cannot filter or order by that time.
 */
export async function* changedPhotos(
  feed: Feed,
  resource: Dataset,
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<PhotosPage> {
  const photos = photoFields(resource);
  if (photos === undefined) throw new Error(`${resource.name} describes no photos`);
  const select = [resource.key, versionField(resource), photos.changed, photos.count];
  const byPhotos: Dataset = { ...resource, read: { kind: 'incremental', cursor: photos.changed, select } };
  const place = { cursor: from, count: true };
  let began = false;
  try {
    for await (const page of keysetPages(indexFeed(feed, MOST_KEYS), byPhotos, place, signal)) {
      began = true;
      yield* inParts(resource, page);
    }
  } catch (error) {
    if (began || !(error instanceof ConfigError)) throw error;
    const small = indexFeed(feed, feed.pageSize);
    for await (const page of keysetPages(small, byPhotos, place, signal)) {
      yield* inParts(resource, page);
    }
  }
}

/** The cursor comes with the last part: until then the page is not stored. */
function* inParts(resource: Dataset, page: Parameters<typeof partsOf>[1]): Generator<PhotosPage> {
  const parts = [...partsOf(resource, page)];
  for (const [nth, part] of parts.entries()) {
    yield { ...part, cursor: nth === parts.length - 1 ? page.cursor : undefined };
  }
}

/** The feed for queries that select index fields only. */
function indexFeed(feed: Feed, pageSize: number): Feed {
  const { client } = feed;
  return {
    ...feed,
    pageSize,
    prettyEnums: false,
    client: {
      ...client,
      get: (url, signal, purpose) => {
        const resource = purpose?.resource ?? '';
        return client.get(url, signal, { kind: 'census', resource });
      },
    },
  };
}

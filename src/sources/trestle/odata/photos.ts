import { ConfigError } from '../../../errors.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { ChangedPhotosPage } from '../../source.ts';
import { splitCensusPage } from './census.ts';
import type { Feed } from './feed.ts';
import { readKeysetPages } from './pages.ts';
import { photoFields, versionField } from '../../../dataset/reading.ts';

/** Records of a page. It is held as strings and as entries: 300,000, which Trestle allows too, take 490 MB of memory. */
const MAX_CHANGES = 50_000;

/**
 * Reads index fields of the records whose photos changed at or after `from`, ordered by (time of that change, key).
 * Requests large pages; if the server refuses them, pages of the ordinary size.
 * @throws QueryRefusedError if the feed cannot filter or order by that time.
 */
export async function* readChangedPhotos(
  feed: Feed,
  dataset: Dataset,
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<ChangedPhotosPage> {
  const photos = photoFields(dataset);
  if (photos === undefined) throw new Error(`${dataset.name} has no photo fields`);
  const select = [dataset.key, versionField(dataset), photos.changed, photos.count];
  const byPhotos: Dataset = { ...dataset, read: { kind: 'incremental', cursor: photos.changed, select } };
  const options = { cursor: from, count: true };
  let hasStarted = false;
  try {
    for await (const page of readKeysetPages(
      withIndexQueries(feed, MAX_CHANGES),
      byPhotos,
      options,
      signal,
    )) {
      hasStarted = true;
      yield* splitPhotosPage(dataset, page);
    }
  } catch (error) {
    if (hasStarted || !(error instanceof ConfigError)) throw error;
    const smallPages = withIndexQueries(feed, feed.pageSize);
    for await (const page of readKeysetPages(smallPages, byPhotos, options, signal)) {
      yield* splitPhotosPage(dataset, page);
    }
  }
}

/** Only the last part carries the cursor: before it, the page is not stored completely. */
function* splitPhotosPage(
  dataset: Dataset,
  page: Parameters<typeof splitCensusPage>[1],
): Generator<ChangedPhotosPage> {
  const parts = [...splitCensusPage(dataset, page)];
  for (const [nth, part] of parts.entries()) {
    yield { ...part, cursor: nth === parts.length - 1 ? page.cursor : undefined };
  }
}

/** Returns the feed for queries that select index fields only. */
function withIndexQueries(feed: Feed, pageSize: number): Feed {
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

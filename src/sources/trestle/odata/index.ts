import type { Capabilities, Keys, Source } from '../../source.ts';
import { census, countOf, keysInWindow, presentKeys } from './census.ts';
import { type ClientOptions, createClient } from './client.ts';
import { keyPages } from './key-pages.ts';
import { metadataOf } from './metadata.ts';
import type { Feed } from './feed.ts';
import { keysetPages } from './pages.ts';
import { changedPhotos } from './photos.ts';
import { inFilter } from './query.ts';
import { replicationPages } from './replication.ts';
import { parentLink, selectOf } from '../../../dataset/reading.ts';
import { REQUIRED, withinLicence } from '../licence.ts';
import { quotaLeft } from '../quota-left.ts';

export type ODataOptions = ClientOptions & Omit<Feed, 'client'>;

/** A Trestle feed: a source that has every capability. */
export type TrestleSource = Source & Required<Capabilities>;

export function createODataSource(options: ODataOptions): TrestleSource {
  const client = createClient(options);
  const feed: Feed = { ...options, client };
  return {
    id: 'trestle',
    read: (resource, from, signal) => keysetPages(feed, resource, from, signal),
    replicate: (resource, signal) => replicationPages(feed, resource, signal),
    children: (resource, parents, signal) => {
      const filter = inFilter(parentLink(resource)?.field ?? resource.key, parents);
      const keys = parents.length;
      const query = { filter, select: selectOf(resource), top: feed.pageSize, keys, isDoubtedLater: true };
      return keyPages(feed, resource, query, signal);
    },
    changedPhotos: (resource, from, signal) => changedPhotos(feed, resource, from, signal),
    keys: keysOf(feed),
    schema: {
      read: (signal) => metadataOf(feed, signal),
      cover: withinLicence,
      required: REQUIRED,
    },
    requests: client.calls,
    now: client.now,
    quota: () => quotaLeft(client.quota()),
  };
}

function keysOf(feed: Feed): Keys {
  return {
    census: (resource, after, signal) => census(feed, resource, after, signal),
    count: (resource, signal, window = { from: undefined, to: undefined }) =>
      countOf(feed, resource, window, signal),
    within: (resource, window, signal) => keysInWindow(feed, resource, window, signal),
    records: (resource, keys, signal) => {
      const filter = inFilter(resource.key, keys);
      const query = { filter, select: selectOf(resource), top: feed.pageSize, keys: keys.length };
      return keyPages(feed, resource, query, signal);
    },
    present: (resource, keys, scope, signal) =>
      presentKeys(scope === 'all' ? { ...feed, filters: {} } : feed, resource, keys, signal),
  };
}

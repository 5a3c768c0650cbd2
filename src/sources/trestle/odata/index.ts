import type { Capabilities, Keys, Source } from '../../source.ts';
import { readCensus, countRecords, readKeysInWindow, findPresentKeys } from './census.ts';
import { type ClientOptions, createClient } from './client.ts';
import { readKeyPages } from './key-pages.ts';
import { fetchMetadata } from './metadata.ts';
import type { Feed } from './feed.ts';
import { readKeysetPages } from './pages.ts';
import { readChangedPhotos } from './photos.ts';
import { buildInFilter } from './query.ts';
import { readReplicationPages } from './replication.ts';
import { parentLink, selectOf } from '../../../dataset/reading.ts';
import { limitToLicence, REQUIRED_DATASETS } from '../licence.ts';
import { toQuotaLeft } from '../../../http/quota-left.ts';

export type ODataOptions = ClientOptions & Omit<Feed, 'client'>;

/** A Trestle feed: a source with every capability. */
export type TrestleSource = Source & Required<Omit<Capabilities, 'release' | 'items'>>;

export function createODataSource(options: ODataOptions): TrestleSource {
  const client = createClient(options);
  const feed: Feed = { ...options, client };
  return {
    id: 'trestle',
    read: (dataset, from, signal) => readKeysetPages(feed, dataset, from, signal),
    replicate: (dataset, signal) => readReplicationPages(feed, dataset, signal),
    children: (dataset, parents, signal) => {
      const filter = buildInFilter(parentLink(dataset)?.field ?? dataset.key, parents);
      const keys = parents.length;
      const query = { filter, select: selectOf(dataset), top: feed.pageSize, keys, isVerifiedByCaller: true };
      return readKeyPages(feed, dataset, query, signal);
    },
    changedPhotos: (dataset, from, signal) => readChangedPhotos(feed, dataset, from, signal),
    keys: createKeys(feed),
    schema: {
      read: (signal) => fetchMetadata(feed, signal),
      cover: limitToLicence,
      required: REQUIRED_DATASETS,
    },
    requests: client.calls,
    now: client.now,
    quota: () => toQuotaLeft(client.quota()),
  };
}

function createKeys(feed: Feed): Keys {
  return {
    census: (dataset, after, signal) => readCensus(feed, dataset, after, signal),
    count: (dataset, signal, window = { from: undefined, to: undefined }) =>
      countRecords(feed, dataset, window, signal),
    within: (dataset, window, signal) => readKeysInWindow(feed, dataset, window, signal),
    records: (dataset, keys, signal) => {
      const filter = buildInFilter(dataset.key, keys);
      const query = { filter, select: selectOf(dataset), top: feed.pageSize, keys: keys.length };
      return readKeyPages(feed, dataset, query, signal);
    },
    present: (dataset, keys, scope, signal) =>
      findPresentKeys(scope === 'all' ? { ...feed, filters: {} } : feed, dataset, keys, signal),
  };
}

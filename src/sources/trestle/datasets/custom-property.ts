import { key, defineDataset, string, timestamp } from '../../../dataset/describe.ts';

/**
 * Fields that an MLS adds to its listings, one record per listing. They differ between MLSs, so they are stored in the
 * payload only. The feed has no timestamp here: a record gets the version of the listing that it was fetched for.
 */
export const customProperty = defineDataset({
  name: 'CustomProperty',
  table: 'custom_properties',
  rawTable: 'custom_properties_raw',
  key: 'ListingKey',
  version: 'ListingModificationTimestamp',
  volatile: [],
  read: {
    kind: 'children',
    parent: 'Property',
    link: 'CustomProperty',
    field: 'ListingKey',
    staleBy: 'version',
    columnPrefix: 'custom',
    versionFrom: 'parent',
    cursor: 'ListingModificationTimestamp',
  },
  fields: {
    ListingKey: key,
    ListingId: string(255),
    ListingModificationTimestamp: timestamp,
  },
});

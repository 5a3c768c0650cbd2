import { key, defineDataset, string, timestamp } from '../../../dataset/describe.ts';

/**
 * A listing's fields of the MLS's own, one record a listing. Each MLS has others, so they are in the payload alone. The feed
 * has no timestamp here: a record is as old as the version of its listing that it was fetched for.
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

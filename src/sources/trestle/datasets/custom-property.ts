import { key, resource, string, timestamp } from '../../../dataset/describe.ts';

/**
 * A listing's fields of the MLS's own, one record a listing. Each MLS has others, so they are in the payload alone. The feed
 * has no timestamp here: a record is as old as the version of its listing that it was fetched for.
 */
export const customProperty = resource({
  name: 'CustomProperty',
  table: 'custom_properties',
  rawTable: 'custom_properties_raw',
  key: 'ListingKey',
  cursor: 'ListingModificationTimestamp',
  version: 'ListingModificationTimestamp',
  volatile: [],
  parent: { resource: 'Property', field: 'ListingKey', moves: 'version', marks: 'custom' },
  isTimeless: true,
  fields: {
    ListingKey: key,
    ListingId: string(255),
    ListingModificationTimestamp: timestamp,
  },
});

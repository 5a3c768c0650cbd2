import { key, defineDataset, string, timestamp } from '../../../dataset/describe.ts';

/**
 * RESO Data Dictionary 2.0, Lookup, whole: what the values of enums are called. No lengths are declared; the longest
 * value of RESO's own lists has 70 characters.
 */
export const lookups = defineDataset({
  name: 'Lookup',
  table: 'lookups',
  rawTable: 'lookups_raw',
  key: 'LookupKey',
  version: 'ModificationTimestamp',
  volatile: ['ModificationTimestamp'],
  read: { kind: 'incremental', cursor: 'ModificationTimestamp' },
  fields: {
    LookupKey: key,
    LookupName: string(255),
    LookupValue: string(255),
    StandardLookupValue: string(255),
    LegacyODataValue: string(255),
    ModificationTimestamp: timestamp,
  },
});

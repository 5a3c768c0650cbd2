import { decimal, key, lookup, defineDataset, string, text, timestamp } from '../../../dataset/describe.ts';

/** RESO Data Dictionary 2.0, PropertyRooms, complete. */
export const propertyRooms = defineDataset({
  name: 'PropertyRooms',
  table: 'property_rooms',
  rawTable: 'property_rooms_raw',
  key: 'RoomKey',
  version: 'ModificationTimestamp',
  volatile: ['ModificationTimestamp'],
  read: { kind: 'incremental', cursor: 'ModificationTimestamp' },
  fields: {
    RoomKey: key,
    ListingKey: key,
    ListingId: string(255),
    RoomType: lookup,
    RoomLevel: lookup,
    BedroomClosetType: lookup,
    RoomArea: decimal(14, 2),
    RoomAreaSource: lookup,
    RoomAreaUnits: lookup,
    RoomDescription: text,
    RoomDimensions: string(50),
    RoomFeatures: text,
    RoomLength: decimal(14, 2),
    RoomLengthWidthSource: lookup,
    RoomLengthWidthUnits: lookup,
    RoomWidth: decimal(14, 2),
    ModificationTimestamp: timestamp,
  },
});

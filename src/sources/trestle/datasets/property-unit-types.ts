import {
  boolean,
  decimal,
  integer,
  key,
  lookup,
  defineDataset,
  string,
  text,
  timestamp,
} from '../../../dataset/describe.ts';

/** RESO Data Dictionary 2.0, PropertyUnitTypes, complete. */
export const propertyUnitTypes = defineDataset({
  name: 'PropertyUnitTypes',
  table: 'property_unit_types',
  rawTable: 'property_unit_types_raw',
  key: 'UnitTypeKey',
  version: 'ModificationTimestamp',
  volatile: ['ModificationTimestamp'],
  read: { kind: 'incremental', cursor: 'ModificationTimestamp' },
  fields: {
    UnitTypeKey: key,
    ListingKey: key,
    ListingId: string(255),
    UnitTypeType: lookup,
    UnitTypeActualRent: decimal(14, 2),
    UnitTypeBathsTotal: integer,
    UnitTypeBedsTotal: integer,
    UnitTypeDescription: text,
    UnitTypeFurnished: lookup,
    UnitTypeGarageAttachedYN: boolean,
    UnitTypeGarageSpaces: decimal(14, 2),
    UnitTypeProForma: integer,
    UnitTypeTotalRent: decimal(14, 2),
    UnitTypeUnitsTotal: integer,
    ModificationTimestamp: timestamp,
  },
});

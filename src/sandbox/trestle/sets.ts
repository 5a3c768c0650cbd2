import type { FieldType } from '../../dataset/dataset.ts';
import { resources } from '../../sources/trestle/datasets/index.ts';
import { unmappedFields } from './unmapped-fields.ts';
import { cursorField, hasParentVersion, versionField } from '../../dataset/reading.ts';

/** An entity set that the server has: one of our resources, with more fields than the tool has columns for. */
export type EntitySet = {
  readonly name: string;
  readonly key: string;
  /** Undefined: its records have no time of their own. */
  readonly cursor: string | undefined;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Selecting nothing else allows pages of up to 300,000 rows. */
  readonly indexFields: ReadonlySet<string>;
  /** Field that holds the key of the record it belongs to, and what `$expand` of that record calls it. */
  readonly parent: { readonly set: string; readonly field: string; readonly link: string } | undefined;
  /** Fields that can be selected, but not named in `$filter` or `$orderby`. */
  readonly suppressed?: ReadonlySet<string>;
  /** Field that is signed anew in every answer. */
  readonly signed: string | undefined;
};

const indexFields: Readonly<Record<string, readonly string[]>> = {
  Property: [
    'ListingId',
    'ListingKey',
    'ModificationTimestamp',
    'PhotosChangeTimestamp',
    'PhotosCount',
    'PostalCode',
    'StandardStatus',
  ],
  Media: [
    'MediaKey',
    'MediaModificationTimestamp',
    'ModificationTimestamp',
    'OriginatingSystemID',
    'ResourceRecordID',
    'ResourceRecordKey',
    'SourceSystemID',
  ],
  Member: ['MemberKey', 'MemberMlsId', 'ModificationTimestamp'],
  Office: ['OfficeKey', 'OfficeMlsId', 'ModificationTimestamp'],
  OpenHouse: ['ListingId', 'ListingKey', 'ModificationTimestamp', 'OpenHouseId', 'OpenHouseKey'],
  CustomProperty: ['ListingId', 'ListingKey'],
  PropertyRooms: ['ListingId', 'ListingKey', 'ModificationTimestamp', 'RoomKey'],
  PropertyUnitTypes: ['ListingId', 'ListingKey', 'ModificationTimestamp', 'UnitTypeKey'],
};

/** Sets whose records vanish with those of another one. */
const parents: Readonly<Record<string, EntitySet['parent']>> = {
  Media: { set: 'Property', field: 'ResourceRecordKey', link: 'Media' },
  OpenHouse: { set: 'Property', field: 'ListingKey', link: 'OpenHouse' },
  PropertyRooms: { set: 'Property', field: 'ListingKey', link: 'Rooms' },
  PropertyUnitTypes: { set: 'Property', field: 'ListingKey', link: 'UnitTypes' },
  CustomProperty: { set: 'Property', field: 'ListingKey', link: 'CustomProperty' },
  TeamMembers: { set: 'Teams', field: 'TeamKey', link: 'TeamMembers' },
};

/** Every set the server has, by name. */
export const sets: ReadonlyMap<string, EntitySet> = new Map(
  resources.map((resource) => {
    const fields = new Map(Object.entries(unmappedFields[resource.name] ?? {}));
    for (const field of resource.fields) fields.set(field.name, field.type);
    const isTimeless = hasParentVersion(resource);
    // The tool fills this field; the server has none.
    if (isTimeless) fields.delete(versionField(resource));
    const set: EntitySet = {
      name: resource.name,
      key: resource.key,
      cursor: isTimeless ? undefined : cursorField(resource),
      fields,
      indexFields: new Set(indexFields[resource.name]),
      parent: parents[resource.name],
      signed: resource.name === 'Media' ? 'MediaURL' : undefined,
    };
    return [resource.name, set];
  }),
);

/** The sets whose records belong to records of this one: what `$expand` can name. */
export function childrenOf(set: EntitySet): EntitySet[] {
  return [...sets.values()].filter((other) => other.parent?.set === set.name);
}

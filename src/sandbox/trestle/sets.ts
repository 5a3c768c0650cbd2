import type { FieldType } from '../../dataset/dataset.ts';
import { resources } from '../../sources/trestle/datasets/index.ts';
import { unmappedFields } from './unmapped-fields.ts';
import { cursorField, hasParentVersion, versionField } from '../../dataset/reading.ts';

/** An entity set of the server: one of the tool's datasets, with more fields than the tool has columns for. */
export type EntitySet = {
  readonly name: string;
  readonly key: string;
  /** Undefined if its records have no timestamp. */
  readonly cursor: string | undefined;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** A query that selects only these may have pages of up to 300,000 rows. */
  readonly indexFields: ReadonlySet<string>;
  /** The parent's set, the field that holds the parent's key, and the name of this set in the parent's `$expand`. */
  readonly parent: { readonly set: string; readonly field: string; readonly link: string } | undefined;
  /** Fields that can be selected, but not used in `$filter` or `$orderby`. */
  readonly suppressed?: ReadonlySet<string>;
  /** A field that each answer signs again. */
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

/** Sets whose records are removed together with their parent. */
const parents: Readonly<Record<string, EntitySet['parent']>> = {
  Media: { set: 'Property', field: 'ResourceRecordKey', link: 'Media' },
  OpenHouse: { set: 'Property', field: 'ListingKey', link: 'OpenHouse' },
  PropertyRooms: { set: 'Property', field: 'ListingKey', link: 'Rooms' },
  PropertyUnitTypes: { set: 'Property', field: 'ListingKey', link: 'UnitTypes' },
  CustomProperty: { set: 'Property', field: 'ListingKey', link: 'CustomProperty' },
  TeamMembers: { set: 'Teams', field: 'TeamKey', link: 'TeamMembers' },
};

/** Every set of the server, by name. */
export const sets: ReadonlyMap<string, EntitySet> = new Map(
  resources.map((dataset) => {
    const fields = new Map(Object.entries(unmappedFields[dataset.name] ?? {}));
    for (const field of dataset.fields) fields.set(field.name, field.type);
    const isTimeless = hasParentVersion(dataset);
    // The tool fills this field; the server does not have it.
    if (isTimeless) fields.delete(versionField(dataset));
    const set: EntitySet = {
      name: dataset.name,
      key: dataset.key,
      cursor: isTimeless ? undefined : cursorField(dataset),
      fields,
      indexFields: new Set(indexFields[dataset.name]),
      parent: parents[dataset.name],
      signed: dataset.name === 'Media' ? 'MediaURL' : undefined,
    };
    return [dataset.name, set];
  }),
);

/** The child sets of a set, which `$expand` can name. */
export function childrenOf(set: EntitySet): EntitySet[] {
  return [...sets.values()].filter((other) => other.parent?.set === set.name);
}

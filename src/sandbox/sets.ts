import type { FieldType } from '../model.ts';
import { resources } from '../resources/index.ts';
import { extras } from './extras.ts';

/** An entity set that the server has: one of our resources, with more fields than the tool has columns for. */
export type EntitySet = {
  readonly name: string;
  readonly key: string;
  readonly cursor: string;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Selecting nothing else allows pages of up to 300,000 rows. */
  readonly indexFields: ReadonlySet<string>;
  /** Field that holds the key of the record it belongs to. */
  readonly parent: { readonly set: string; readonly field: string } | undefined;
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
};

/** Sets that exist, but that this connection has no licence for. */
export const unlicensed: ReadonlySet<string> = new Set([
  'CustomProperty',
  'Member',
  'Office',
  'OpenHouse',
  'PropertyRooms',
  'PropertyUnitTypes',
  'Teams',
]);

/** Every set the server has, by name. */
export const sets: ReadonlyMap<string, EntitySet> = new Map(
  resources.map((resource) => {
    const fields = new Map(Object.entries(extras[resource.name] ?? {}));
    for (const field of resource.fields) fields.set(field.name, field.type);
    const parent = resource.parent && { set: resource.parent.resource, field: resource.parent.field };
    const set: EntitySet = {
      name: resource.name,
      key: resource.key,
      cursor: resource.cursor,
      fields,
      indexFields: new Set(indexFields[resource.name] ?? [resource.key, resource.cursor]),
      parent,
      signed: resource.name === 'Media' ? 'MediaURL' : undefined,
    };
    return [resource.name, set];
  }),
);

/** The sets whose records belong to records of this one: what `$expand` can name. */
export function childrenOf(set: EntitySet): EntitySet[] {
  return [...sets.values()].filter((other) => other.parent?.set === set.name);
}

import { columnOf } from '../../dataset/names.ts';
import { showsAddress } from '../routes/listings/address.ts';
import { LISTING_COLUMNS } from '../routes/listings/columns.ts';
import { MEDIA_COLUMNS } from '../routes/listings/media.ts';
import { OPEN_HOUSE_COLUMNS } from '../routes/listings/open-houses.ts';
import { ROOM_COLUMNS } from '../routes/listings/rooms.ts';
import type { Column } from '../list/column.ts';

/** The columns of each dataset that the API serves. The values of other datasets are not shown. */
const PUBLIC_COLUMNS: Readonly<Record<string, ReadonlySet<string>>> = {
  Property: listColumns(LISTING_COLUMNS),
  Media: listColumns(MEDIA_COLUMNS),
  OpenHouse: listColumns(OPEN_HOUSE_COLUMNS),
  PropertyRooms: listColumns(ROOM_COLUMNS),
};

const HIDDEN = 'hidden';

/** A value of a record, and the field that has it. */
type FieldValue = { readonly field: string; readonly value: string };

/**
 * Shows the value of a field as the API would: remarks for agents, names of owners and the like are hidden.
 * @param isAddressShown whether the seller lets the address be shown; false for a record that is not stored.
 */
export function showValue(dataset: string, { field, value }: FieldValue, isAddressShown: boolean): string {
  const column = field === '' ? undefined : findColumn(field);
  if (column === undefined) return HIDDEN;
  if (dataset === 'Property' && showsAddress(column)) return isAddressShown ? value : HIDDEN;
  return PUBLIC_COLUMNS[dataset]?.has(column) === true ? value : HIDDEN;
}

/** A message of the database can quote values: `Duplicate entry '1 Main St' for key …`. */
export function hideQuoted(rule: string): string {
  return rule.replaceAll(/(\b(?:entry|value):? )'(?:[^']|'(?! for ))*'/g, "$1'…'");
}

function listColumns(columns: readonly Column[]): ReadonlySet<string> {
  return new Set(columns.map(({ name, sql = name }) => /^(?:m\.)?`?(\w+)`?$/.exec(sql)?.[1] ?? name));
}

function findColumn(field: string): string | undefined {
  try {
    return columnOf(field);
  } catch {
    return undefined;
  }
}

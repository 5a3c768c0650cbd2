import { decimal, integer, string } from '../../dataset/describe.ts';
import type { FieldType } from '../../dataset/dataset.ts';
import type { DerivedTable, DerivedValue } from '../../dataset/derived-table.ts';
import type { ReleaseColumn } from '../../dataset/release-table.ts';
import { PARCEL_FIELDS, type ParcelField } from '../../dataset/parcel-fields.ts';
import type { Layout, ParcelMapping } from './layouts/layout.ts';
import { tableName } from './tables.ts';

const AMOUNT: FieldType = { kind: 'bigint' };
const AREA = decimal(24, 8);

const TYPES: Readonly<Record<ParcelField, FieldType>> = {
  owner: string(255),
  address: string(255),
  street_number: string(64),
  street_name: string(128),
  unit: string(64),
  city: string(128),
  postal_code: string(64),
  neighborhood: string(64),
  class: string(64),
  market_value: AMOUNT,
  appraised_value: AMOUNT,
  land_square_feet: AREA,
  acres: AREA,
  living_area: AREA,
  year_built: integer,
  bedrooms: integer,
  full_baths: integer,
  half_baths: integer,
  pools: AREA,
};

/** The longest account number, in characters. */
const ACCOUNT = string(50);

/**
 * Describes the table with one row for each account, which listings are matched with.
 * @param selected the layout's names of the tables that are loaded: what others would give is NULL.
 * @returns none if the layout has no parcels, or their table is not loaded.
 */
export function parcelTables(
  id: string,
  { parcels, tables }: Layout,
  selected: readonly string[],
): readonly DerivedTable[] {
  if (parcels === undefined || !selected.includes(parcels.table)) return [];
  const columns: ReleaseColumn[] = [
    { name: 'account', column: 'account', type: ACCOUNT, isCode: true },
    ...PARCEL_FIELDS.map((field) => ({ name: field, column: field, type: TYPES[field], isCode: false })),
  ];
  const base = tables.find(({ name }) => name === parcels.table);
  if (base === undefined) return [];
  return [
    {
      table: {
        name: 'parcel',
        table: tableName(id, 'parcel'),
        columns,
        key: ['account'],
        indexes: [['postal_code', 'street_number']],
        rules: [],
      },
      base: parcels.table,
      key: parcels.account,
      values: PARCEL_FIELDS.map((field) => valueOf(parcels, field, selected)),
    },
  ];
}

function valueOf({ fields }: ParcelMapping, field: ParcelField, selected: readonly string[]): DerivedValue {
  const value = fields[field];
  if (value === undefined) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'column', column: value };
  if (!selected.includes(value.table)) return { kind: 'null' };
  return {
    kind: 'aggregate',
    table: value.table,
    key: value.account,
    function: value.function,
    column: value.column,
    only: value.only,
  };
}

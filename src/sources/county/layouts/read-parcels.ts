import type { ParcelField } from '../../../dataset/parcel-fields.ts';
import type { LayoutTable, ParcelAggregate, ParcelMapping, ParcelValue } from './layout.ts';
import type { ParcelsFile } from './layout-file.ts';
import type { Report } from './report.ts';
import { resolveColumn } from './resolve-column.ts';

type ValueFile = ParcelsFile['fields'][ParcelField];
type AggregateFile = Exclude<ValueFile, string | undefined>;
type Resolve = (place: string, table: string, name: string) => string;

/** Replaces the names in the parcels of a layout file with tables and columns. */
export function readParcels(
  file: ParcelsFile,
  tables: readonly LayoutTable[],
  report: Report,
): ParcelMapping {
  const resolve: Resolve = (place, tableName, name) => {
    const table = tables.find((each) => each.name === tableName);
    const column = table && resolveColumn(table, name);
    if (table === undefined) report(place, `names the table "${tableName}", which is not in tables`);
    else if (column === undefined) report(place, `names "${name}", which is not a column of ${tableName}`);
    return column ?? name;
  };
  const fields = Object.entries(file.fields).flatMap(([field, value]): [string, ParcelValue][] => {
    if (value === undefined) return [];
    const place = `parcels.fields.${field}`;
    if (typeof value === 'string') return [[field, resolve(place, file.table, value)]];
    return [[field, readAggregate(place, value, file.account, resolve, report)]];
  });
  return {
    counties: file.counties ?? [],
    table: file.table,
    account: resolve('parcels.account', file.table, file.account),
    number: {
      keep: file.number.keep,
      padTo: file.number.padTo ?? 0,
      minLength: file.number.minLength ?? 1,
    },
    fields: Object.fromEntries(fields),
  };
}

function readAggregate(
  place: string,
  file: AggregateFile,
  account: string,
  resolve: Resolve,
  report: Report,
): ParcelAggregate {
  if (file.column === undefined && file.function !== 'count')
    report(place, `needs a column to ${file.function}`);
  return {
    table: file.table,
    account: resolve(place, file.table, file.account ?? account),
    function: file.function,
    column: file.column === undefined ? undefined : resolve(place, file.table, file.column),
    only: Object.fromEntries(
      Object.entries(file.only ?? {}).map(([name, values]) => [
        resolve(place, file.table, name),
        [values].flat(),
      ]),
    ),
  };
}

import { expect, test } from 'vitest';
import { LAYOUT_NAMES } from '../../src/sources/county/layouts/names.ts';
import { layoutFile } from '../../src/sources/county/layouts/layout-file.ts';
import { PARCEL_FIELDS } from '../../src/dataset/parcel-fields.ts';
import { readLayout } from '../../src/sources/county/layouts/read-layout.ts';
import { parse } from '../sources/county/parse/helpers.ts';
import { codes, read, section, tableRows } from './documents.ts';

const page = read('docs/county-layouts.md');
const example: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!);

/** The names in the first cells of a section's tables. */
function namesIn(heading: string): string[] {
  return tableRows(section(page, heading)).flatMap(([first = '']) => codes(first));
}

test('the example is a layout that reads files', async () => {
  const [parcels, buildings] = readLayout(example, 'the example').tables;
  const csv =
    'Parcel_No,Owner,Address,Value,Acres,Last_Sale,Vacant\r\n' +
    '0012,"SMITH, ANN",12 Ñandú Rd,Pending,1.5,3/9/2024,N\r\n';
  expect((await parse(parcels!, Buffer.from(csv))).rows).toEqual([
    ['0012', 'SMITH, ANN', '12 Ñandú Rd', null, '1.5', '0', '2024-03-09', 'Small'],
  ]);
  expect((await parse(buildings!, '0012      01001250501987\n')).rows).toEqual([
    ['0012', '1', '1250.50', '1987'],
  ]);
});

test('every built-in layout is listed', () => {
  const names = tableRows(page.slice(0, page.indexOf('```'))).flatMap(([first = '']) => codes(first));
  expect(names).toEqual(LAYOUT_NAMES);
});

test('every member of a layout and of its tables is described', () => {
  expect(namesIn('## The whole layout').sort()).toEqual(Object.keys(layoutFile.shape).sort());
  const table = Object.keys(layoutFile.shape.tables.valueType.shape).sort();
  expect(namesIn('## A table').sort()).toEqual(table);
});

test('every field of parcels is listed', () => {
  const listed = codes(section(page, '## Parcels').split('The fields are')[1]!);
  expect(listed).toEqual([...PARCEL_FIELDS]);
});

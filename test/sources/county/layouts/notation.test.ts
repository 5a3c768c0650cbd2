import { expect, test } from 'vitest';
import { columnFor, parseColumnType } from '../../../../src/sources/county/layouts/notation.ts';

test.each([
  ['account 13', { kind: 'account', length: 13, span: undefined }],
  ['text 100', { kind: 'text', length: 100, span: undefined }],
  [' money ', { kind: 'money', length: undefined, span: undefined }],
  ['flag', { kind: 'flag', length: 1, span: undefined }],
  ['flag 7', { kind: 'flag', length: 7, span: undefined }],
  ['1-12 integer', { kind: 'integer', length: undefined, span: { start: 0, end: 12 } }],
  ['609-678 text', { kind: 'text', length: 70, span: { start: 608, end: 678 } }],
  ['679-679 flag', { kind: 'flag', length: 1, span: { start: 678, end: 679 } }],
  ['1-25 account 13', { kind: 'account', length: 13, span: { start: 0, end: 25 } }],
])('%j is a type', (text, type) => {
  expect(parseColumnType(text)).toEqual(type);
});

test.each([
  ['', /is not a type/],
  ['varchar(50)', /is not a type/],
  ['words 50', /unknown kind "words"; the kinds are account, code/],
  ['text', /needs a length/],
  ['text 0', /has the length 0/],
  ['text 16384', /has the length 16384/],
  ['12-1 integer', /positions 12-1/],
  ['0-4 integer', /positions 0-4/],
])('%j is not', (text, problem) => {
  expect(parseColumnType(text)).toMatch(problem);
});

test.each([
  ['Neighborhood_Code', 'neighborhood_code'],
  ['noticed_Depr_Val', 'noticed_depr_val'],
  ['DT', 'dt'],
  ['RP_TYPE', 'rp_type'],
  ['LongDescription', 'long_description'],
  ['UseCd', 'use_cd'],
  ['Owner_CityState', 'owner_city_state'],
  ['GIS_Link', 'gis_link'],
  ['Land_SqFt', 'land_sq_ft'],
  ['GISLink', 'gis_link'],
  ['Owner_Zip4', 'owner_zip4'],
  ['lgl_1', 'lgl_1'],
  ['  Lot # (sq ft) ', 'lot_sq_ft'],
])('%j is stored as %s', (name, column) => {
  expect(columnFor(name)).toBe(column);
});

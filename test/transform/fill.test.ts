import { expect, test } from 'vitest';
import { withAdditions } from '../../src/resources/additions.ts';
import { property } from '../../src/resources/property.ts';
import { filler } from '../../src/transform/fill.ts';
import { contentHash } from '../../src/transform/hash.ts';
import { transformer } from '../../src/transform/page.ts';

const earlier = withAdditions(property, { Zoning: { type: 'text' } });
const resource = withAdditions(property, {
  Zoning: { type: 'text' },
  RoomsTotal: { type: 'int' },
  X_Big: { type: 'bigint' },
});
const fields = resource.fields.filter(({ name }) => ['RoomsTotal', 'X_Big'].includes(name));
const read = filler(resource, fields, [earlier]);
const before = contentHash(earlier);

const record = (members: string): string =>
  `{"ListingKey":"1","ModificationTimestamp":"2026-03-01T00:00:00Z"${members}}`;

test('promise 7: the values are those that a load would make of the same record, and so is the hash', () => {
  const raw = record(',"RoomsTotal":7,"X_Big":9223372036854775807,"Zoning":"R1"');
  const [row] = transformer(resource)({ records: [raw], damaged: new Set(), cursor: undefined }).rows;
  const loaded = fields.map((field) => row!.values[resource.fields.indexOf(field)]);
  expect(read(raw, before(raw))).toEqual({ values: loaded, hash: row!.hash, misfits: [] });
  expect(loaded).toEqual(['7', '9223372036854775807']);
});

test('a row that a run has written since needs nothing', () => {
  const raw = record(',"RoomsTotal":7');
  expect(read(raw, contentHash(resource)(raw))).toBeUndefined();
});

test('a row whose other columns are not what its payload gives keeps its hash, so that a load mends it', () => {
  const raw = record(',"RoomsTotal":7');
  expect(read(raw, 'x'.repeat(32))).toEqual({ values: ['7', null], hash: undefined, misfits: [] });
});

test('a value that does not fit is left out and told, and the row stays different from what the feed sends', () => {
  const raw = record(',"RoomsTotal":"many","X_Big":9223372036854775808');
  expect(read(raw, before(raw))).toEqual({
    values: [null, null],
    hash: undefined,
    misfits: [
      { field: 'RoomsTotal', rule: 'is no number', value: 'many' },
      {
        field: 'X_Big',
        rule: 'is outside −9223372036854775808 … 9223372036854775807',
        value: '9223372036854775808',
      },
    ],
  });
});

test.each(['{', '[]', 'null', '7'])('a payload that is %s is passed over', (raw) => {
  expect(read(raw, 'x')).toBeUndefined();
});

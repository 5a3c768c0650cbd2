import { expect, test } from 'vitest';
import { withAdditions } from '../../src/resources/additions.ts';
import { property } from '../../src/resources/property.ts';
import { filler } from '../../src/transform/fill.ts';
import { outdated } from '../../src/model/outdated.ts';
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

test('promise 7: a row that has the hash of its payload is written too, as its column may have been dropped before', () => {
  const raw = record(',"RoomsTotal":7');
  const hash = contentHash(resource)(raw);
  expect(read(raw, hash)).toEqual({ values: ['7', null], hash, misfits: [] });
});

test('a row that was outdated for its new columns has the hash of its payload again', () => {
  const raw = record(',"RoomsTotal":7');
  const hash = contentHash(resource)(raw);
  for (const stored of [before(raw), hash]) expect(read(raw, outdated(stored))?.hash).toBe(hash);
  expect(outdated(outdated(hash))).toBe(outdated(hash));
});

test('a row whose other columns are not what its payload gives stays different, so that a load mends it', () => {
  const raw = record(',"RoomsTotal":7');
  expect(read(raw, 'a'.repeat(32))).toEqual({ values: ['7', null], hash: `x${'a'.repeat(31)}`, misfits: [] });
});

test('a value that does not fit is left out and told, and the row stays different from what the feed sends', () => {
  const raw = record(',"RoomsTotal":"many","X_Big":9223372036854775808');
  expect(read(raw, before(raw))).toEqual({
    values: [null, null],
    hash: outdated(before(raw)),
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

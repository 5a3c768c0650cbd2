import { expect, test } from 'vitest';
import { withAdditions } from '../../src/dataset/additions.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { createFiller } from '../../src/transform/fill-columns.ts';
import { toStaleHash } from '../../src/model/stale-hash.ts';
import { createContentHasher } from '../../src/transform/hash.ts';
import { createTransformer } from '../../src/transform/page.ts';

const earlier = withAdditions(property, { Zoning: { type: 'text' } });
const dataset = withAdditions(property, {
  Zoning: { type: 'text' },
  RoomsTotal: { type: 'int' },
  X_Big: { type: 'bigint' },
});
const fields = dataset.fields.filter(({ name }) => ['RoomsTotal', 'X_Big'].includes(name));
const read = createFiller(dataset, fields, [earlier]);
const before = createContentHasher(earlier);

const record = (members: string): string =>
  `{"ListingKey":"1","ModificationTimestamp":"2026-03-01T00:00:00Z"${members}}`;

test('promise 7: values and hash are the same as for a load of the record', () => {
  const raw = record(',"RoomsTotal":7,"X_Big":9223372036854775807,"Zoning":"R1"');
  const [row] = createTransformer(dataset)({ records: [raw], damaged: new Set(), cursor: undefined }).rows;
  const loaded = fields.map((field) => row!.values[dataset.fields.indexOf(field)]);
  expect(read(raw, before(raw))).toEqual({ values: loaded, hash: row!.hash, issues: [] });
  expect(loaded).toEqual(['7', '9223372036854775807']);
});

test('promise 7: a row that has the hash of its payload is written too, as its column may have been dropped before', () => {
  const raw = record(',"RoomsTotal":7');
  const hash = createContentHasher(dataset)(raw);
  expect(read(raw, hash)).toEqual({ values: ['7', null], hash, issues: [] });
});

test('a row that was stale because of new columns has the hash of its payload again', () => {
  const raw = record(',"RoomsTotal":7');
  const hash = createContentHasher(dataset)(raw);
  for (const stored of [before(raw), hash]) expect(read(raw, toStaleHash(stored))?.hash).toBe(hash);
  expect(toStaleHash(toStaleHash(hash))).toBe(toStaleHash(hash));
});

test('a row whose other columns differ from its payload stays different, so that a load repairs it', () => {
  const raw = record(',"RoomsTotal":7');
  expect(read(raw, 'a'.repeat(32))).toEqual({ values: ['7', null], hash: `x${'a'.repeat(31)}`, issues: [] });
});

const misfit = record(',"RoomsTotal":"many","X_Big":9223372036854775808');
const misfitIssues = [
  { field: 'RoomsTotal', rule: 'is not a number', action: 'null', value: 'many' },
  {
    field: 'X_Big',
    rule: 'is outside −9223372036854775808 … 9223372036854775807',
    action: 'null',
    value: '9223372036854775808',
  },
];

test('a value that does not fit is a field issue, as it is for a load of the same record', () => {
  const [row] = createTransformer(dataset)({ records: [misfit], damaged: new Set(), cursor: undefined }).rows;
  expect(read(misfit, before(misfit))).toEqual({
    values: [null, null],
    hash: row!.hash,
    issues: misfitIssues,
  });
  expect(row!.issues).toEqual(misfitIssues);
});

test('with STRICT_FIELDS it is skipped, and the hash stays different from the feed’s record', () => {
  const strict = createFiller({ ...dataset, isStrict: true }, fields, [earlier]);
  expect(strict(misfit, before(misfit))).toEqual({
    values: [null, null],
    hash: toStaleHash(before(misfit)),
    issues: misfitIssues,
  });
});

test.each(['{', '[]', 'null', '7'])('a payload that is %s is skipped', (raw) => {
  expect(read(raw, 'x')).toBeUndefined();
});

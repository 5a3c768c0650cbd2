import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFeed } from '../../../src/sandbox/trestle/feed.ts';
import { parseFilter } from '../../../src/sandbox/trestle/odata/filter.ts';
import { createPredicate } from '../../../src/sandbox/trestle/odata/predicate.ts';
import { sets } from '../../../src/sandbox/trestle/sets.ts';
import { connect, type Row } from './client.ts';

const set = sets.get('Property')!;
const { feed, store } = createFeed({ seed: 3, listings: 80, mediaPerListing: 1, oddValues: true }, Date.now);
const [some] = feed.records('Property');
feed.put('Property', { ...some!, City: "O'Fallon (east)", UnitNumber: "it's ''it'' and not or" });
const entries = [...store.table('Property').values()];
const rows = entries.map(({ record }) => feed.serve('Property', record));

/** A filter's text and what it means, made together: neither comes from the code under test. */
type Meant = readonly [text: string, holds: (row: Row) => boolean];

const tests = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;

function compared(check: (typeof tests)[number], left: unknown, right: unknown): boolean {
  if (check === 'eq') return left === right;
  if (check === 'ne') return left !== right;
  if (left === null || right === null) return false;
  const [a, b] = [left as number, right as number];
  return check === 'gt' ? a > b : check === 'ge' ? a >= b : check === 'lt' ? a < b : a <= b;
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const two = (value: number): string => String(value).padStart(2, '0');
const keys = (list: readonly Row[]): Set<unknown> => new Set(list.map((row) => row['ListingKey']));

function instant(at: number, minutes: number): string {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const local = new Date(at + minutes * 60_000).toISOString().slice(0, 23);
  return minutes === 0 && at % 2 === 0
    ? `${local}Z`
    : `${local}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}

const KINDS = {
  City: 'text',
  StandardStatus: 'text',
  UnitNumber: 'text',
  ListPrice: 'number',
  BedroomsTotal: 'number',
  Longitude: 'number',
  CloseDate: 'date',
  ModificationTimestamp: 'instant',
  PendingTimestamp: 'instant',
  PoolPrivateYN: 'boolean',
} as const;

const field = fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[]));
const value = (name: keyof typeof KINDS): fc.Arbitrary<unknown> =>
  fc.constantFrom(...rows.map((row) => row[name] ?? null));

const read = (name: keyof typeof KINDS, found: unknown): unknown =>
  KINDS[name] === 'instant' && typeof found === 'string' ? Date.parse(found) : found;

function print(name: keyof typeof KINDS, found: unknown, offset: number): string {
  if (typeof found !== 'string') return String(found);
  if (KINDS[name] === 'text') return quoted(found);
  return KINDS[name] === 'date' ? found : instant(Date.parse(found), offset);
}

const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });

const comparison: fc.Arbitrary<Meant> = fc.tuple(field, fc.constantFrom(...tests)).chain(([name, check]) =>
  fc.tuple(value(name), offset, fc.boolean()).map(([found, minutes, flip]): Meant => {
    const shown = print(name, found, minutes);
    const flipped = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }[check];
    return [
      flip && found !== null ? `${shown} ${flipped} ${name}` : `${name} ${check} ${shown}`,
      (row) => compared(check, read(name, row[name]), read(name, found)),
    ];
  }),
);

const membership: fc.Arbitrary<Meant> = field.chain((name) =>
  fc
    .tuple(fc.array(value(name), { minLength: 1, maxLength: 4 }), offset)
    .map(([found, minutes]): Meant => [
      `${name} in (${found.map((each) => print(name, each, minutes)).join(', ')})`,
      (row) => found.some((each) => read(name, each) === read(name, row[name])),
    ]),
);

const search: fc.Arbitrary<Meant> = fc
  .tuple(
    fc.constantFrom('contains', 'startswith', 'endswith'),
    fc.constantFrom('City', 'StandardStatus'),
    fc.nat(6),
  )
  .chain(([call, name, at]) =>
    value(name).map((found): Meant => {
      const part = call === 'endswith' ? String(found).slice(at) : String(found).slice(0, at);
      return [
        `${call}(${name},${quoted(part)})`,
        (row) => {
          const held = String(row[name]);
          if (call === 'contains') return held.includes(part);
          return call === 'startswith' ? held.startsWith(part) : held.endsWith(part);
        },
      ];
    }),
  );

const filter: fc.Arbitrary<Meant> = fc.letrec<{ atom: Meant; all: Meant; any: Meant }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    comparison,
    membership,
    search,
    fc.constant<Meant>(['PoolPrivateYN', (row) => row['PoolPrivateYN'] === true]),
    tie('any').map(([inner, meaning]): Meant => [`( ${inner})`, meaning]),
    tie('atom').map(([inner, meaning]): Meant => [`not ${inner}`, (row) => !meaning(row)]),
  ),
  all: fc
    .array(tie('atom'), { minLength: 1, maxLength: 3 })
    .map((parts): Meant => [
      parts.map(([inner]) => inner).join(' and '),
      (row) => parts.every(([, meaning]) => meaning(row)),
    ]),
  any: fc
    .array(tie('all'), { minLength: 1, maxLength: 3 })
    .map((parts): Meant => [
      parts.map(([inner]) => inner).join('  or '),
      (row) => parts.some(([, meaning]) => meaning(row)),
    ]),
})).any;

describe('a filter', () => {
  test('is evaluated correctly for every grouping, offset and null', () => {
    fc.assert(
      fc.property(filter, ([text, meaning]) => {
        const matches = createPredicate(parseFilter(text, set), set);
        expect(entries.map(matches)).toEqual(rows.map(meaning));
      }),
      { numRuns: 400 },
    );
  });

  test('finds the same rows over HTTP', async () => {
    const client = await connect({ seed: 3, listings: 80, mediaPerListing: 1 });
    client.sandbox.feed.put('Property', entries[0]!.record);
    await fc.assert(
      fc.asyncProperty(filter, async ([$filter, meaning]) => {
        const { rows: found } = await client.query('Property', {
          $filter,
          $top: 1000,
          $select: 'ListingKey',
        });
        expect(keys(found)).toEqual(keys(rows.filter(meaning)));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['Foo eq 1', 'not in metadata'],
    ['Media/any(m: m/Order eq 1)', 'Lambda'],
    ["ListPrice eq 'cheap'", 'incompatible types'],
    ['City eq 5', 'incompatible types'],
    ['ModificationTimestamp gt 2026-03-19T22:06:45.773', 'Syntax error'],
    ['ModificationTimestamp gt 2026-03-19T22:06:45.773 04:00', 'Syntax error'],
    ["City eq 'Irvine", 'Syntax error'],
    ["(City eq 'Irvine'", 'expected'],
    ["City eq 'Irvine')", 'Syntax error'],
    ['City', 'not a boolean'],
    ['ListPrice eq', 'Unexpected end'],
    ['', 'Unexpected end'],
    ['ListPrice add 1 eq 2', 'not a boolean'],
  ])('that is invalid is refused: %s', async ($filter, message) => {
    const client = await connect({ listings: 1 });
    const answer = await client.query('Property', { $filter });
    expect(answer.status).toBe(400);
    expect(answer.error).toContain(message);
    expect(answer.text).toMatch(/"code":"BadRequest\[400\]\. TraceId: [0-9a-f-]{36}"/);
  });
});

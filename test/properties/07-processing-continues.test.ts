import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import { emptied } from '../helpers/cases.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';
import { anyText, CASES, PATIENCE } from './arbitraries.ts';

type Sent = {
  /** The record's text, as the server sends it; `#` stands for a number of its own. */
  readonly text: string;
  /** The essential fields that must be named among the reasons; undefined for a record that is stored. */
  readonly wrong: readonly string[] | undefined;
  /** The other fields that must have a field issue if it is stored. */
  readonly odd: readonly string[];
};

const START = Date.UTC(2025, 0);

/** Values that an essential field cannot take: they cost the record. */
const fatal: readonly (readonly [field: string, value: string])[] = [
  ['ModificationTimestamp', '"yesterday"'],
  ['ModificationTimestamp', 'null'],
  ['ModificationTimestamp', '12'],
  ['ListPrice', '1e15'],
  ['ListPrice', '0.001'],
  ['ClosePrice', '"much"'],
  ['StandardStatus', '{"a":1}'],
  ['InternetEntireListingDisplayYN', '"maybe"'],
];

/** Values that another field cannot hold exactly. */
const misfits: readonly (readonly [field: string, value: string])[] = [
  ['YearBuilt', '"nineteen ninety"'],
  ['YearBuilt', '1990.5'],
  ['BedroomsTotal', '4294967296'],
  ['BathroomsFull', '[1]'],
  ['Latitude', '"N 33.77"'],
  ['Latitude', '30.267155119999998'],
  ['LotSizeAcres', '0.22956841138659'],
  ['CloseDate', '"2026-02-30"'],
  ['ListingContractDate', '20250101'],
  ['AssociationYN', '"maybe"'],
  ['StatusChangeTimestamp', '"2026-13-45T99:00:00Z"'],
  ['City', `"${'x'.repeat(65)}"`],
  ['PostalCode', '{"a":1}'],
  ['Heating', '[["Gas"]]'],
  ['PublicRemarks', '"\\ud800"'],
];

function written(fields: Readonly<Record<string, string>>): string {
  return `{${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join(',')}}`;
}

const plain = { ListingKey: '"k#"', ModificationTimestamp: '"@"' };

const good: fc.Arbitrary<Sent> = fc.record({ city: anyText, price: fc.nat(1e9) }).map(({ city, price }) => ({
  text: written({
    ...plain,
    City: JSON.stringify(Array.from(city).slice(0, 64).join('')),
    ListPrice: String(price),
  }),
  wrong: undefined,
  odd: [],
}));

const odd: fc.Arbitrary<Sent> = fc.subarray([...misfits], { minLength: 1, maxLength: 4 }).map((chosen) => {
  const fields = Object.fromEntries(chosen);
  return { text: written({ ...plain, ...fields }), wrong: undefined, odd: Object.keys(fields) };
});

const spoilt: fc.Arbitrary<Sent> = fc
  .tuple(fc.subarray([...fatal], { minLength: 1, maxLength: 3 }), fc.subarray([...misfits], { maxLength: 2 }))
  .map(([essential, other]) => {
    const fields = Object.fromEntries([...other, ...essential]);
    const wrong = Object.keys(Object.fromEntries(essential));
    return { text: written({ ...plain, ...fields }), wrong, odd: [] };
  });

/** What has no key that can be used, or is no record at all. */
const strange: fc.Arbitrary<Sent> = fc.constantFrom(
  { text: written({ ...plain, ListingKey: '"","PhotosCount":#' }), wrong: ['ListingKey'], odd: [] },
  { text: written({ ModificationTimestamp: '"@"', PhotosCount: '#' }), wrong: ['ListingKey'], odd: [] },
  { text: '{"PhotosCount":#}', wrong: ['ListingKey', 'ModificationTimestamp'], odd: [] },
  ...['#', '"#"', '[#]', '{"ListingKey":"k#",}', '{"ListingKey" "k#"}', 'nul#'].map((text) => ({
    text,
    wrong: [''],
    odd: [],
  })),
);

const anyPages = fc.array(
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: good },
      { weight: 2, arbitrary: spoilt },
      { weight: 2, arbitrary: odd },
      strange,
    ),
    {
      maxLength: 8,
    },
  ),
  { minLength: 1, maxLength: 4 },
);

/** Gives each record its number and a time after the one before. */
function numbered(pages: readonly (readonly Sent[])[]): Sent[][] {
  let number = 0;
  return pages.map((page) =>
    page.map(({ text, ...more }) => {
      number += 1;
      return { ...more, text: text.replaceAll('#', String(number)).replace('@', stamp(START + number)) };
    }),
  );
}

type Entry = { record_key: string; raw: string; reasons: string; times_seen: string };

const named = (list: readonly { readonly payload: string; readonly field: string }[]) =>
  list.map(({ payload, field }) => `${field} of ${payload}`).sort();

let pipe: Pipeline;
let server: ScriptedServer;
let bodies: string[] = [];

beforeAll(async () => {
  pipe = await pipeline({ listings: 0 });
  server = await scriptedServer({
    // No page for who asks what fields there are: the run goes on without knowing.
    data: ({ path }) =>
      path.endsWith('$metadata') ? { status: 404 } : { body: bodies.shift() ?? '{"value":[]}' },
  });
});
afterAll(() => server.close());

// Validates: Requirements 2.2, 2.3, 3.3
test(
  'Feature: trestle-etl-pipeline, Property 7: Data Validation and Processing Continuation: For any dataset containing both valid and invalid records, the system should validate all records, log errors for invalid ones, and continue processing all valid records.',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyPages, async (drawn) => {
        await emptied(pipe.db);
        pipe.lines.length = 0;
        const pages = numbered(drawn);
        bodies = pages.map((page, index) => {
          const link =
            index === pages.length - 1 ? '' : `,"@odata.nextLink":"${server.base}/Property?n=${index}"`;
          return `{"value":[${page.map(({ text }) => text).join(', ')}]${link}}`;
        });
        const { base, tokenUrl } = server;
        const outcome = await pipe.run({ resources: [property] }, { odata: { base, tokenUrl } });

        const sent = pages.flat();
        const fine = sent.filter(({ wrong }) => wrong === undefined);
        const bad = sent.filter(({ wrong }) => wrong !== undefined);
        const rows = await pipe.db.query<{ payload: string }>(
          'SELECT payload FROM properties JOIN properties_raw USING (listing_key)',
        );
        expect(rows.map(({ payload }) => payload).sort()).toEqual(fine.map(({ text }) => text).sort());

        const held = await pipe.db.query<Entry>('SELECT * FROM etl_quarantine');
        const reasons = new Map(held.map((entry) => [entry.raw, entry]));
        expect(held).toHaveLength(bad.length);
        for (const { text, wrong } of bad) {
          const listed = JSON.parse(reasons.get(text)?.reasons ?? '[]') as { field: string; rule: string }[];
          expect(listed.map(({ field }) => field).sort()).toEqual([...wrong!].sort());
          for (const { rule } of listed) expect(rule).not.toBe('');
        }

        const issues = await pipe.db.query<{ payload: string; field: string }>(
          "SELECT payload, field FROM etl_field_issue JOIN properties_raw ON listing_key = record_key WHERE dataset = 'Property'",
        );
        expect(named(issues)).toEqual(
          named(fine.flatMap(({ text, odd: fields }) => fields.map((field) => ({ payload: text, field })))),
        );

        // Each is told in the log, with its key and reasons.
        const told = pipe.lines.filter(({ message }) => message === 'quarantined').map(({ data }) => data);
        expect(told.map((data) => (data as { key: string }).key).sort()).toEqual(
          held.map((entry) => entry.record_key).sort(),
        );
        const counts = { processed: sent.length, inserted: fine.length, rejected: bad.length };
        expect(outcome.totals).toMatchObject({ ...counts, updated: 0, unchanged: 0, older: 0, deleted: 0 });
        expect(outcome.totals.fieldIssues).toBe(issues.length);
        expect(outcome.status).toBe(bad.length === 0 ? 'success' : 'partial');
        expect(outcome.resources['Property']?.pages).toBe(pages.length);
      }),
      CASES,
    );
  },
  PATIENCE,
);

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { RunOutcome } from '../../src/run/run.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { type Asked, type Reply, type ScriptedServer, scriptedServer } from '../helpers/scripted-server.ts';

const PAGE = 8;

/** One record of the feed, byte for byte, and its place: without an instant it comes first, as null does. */
type Sent = { readonly at: number | undefined; readonly key: string; readonly json: Buffer };

type Reason = { readonly field: string; readonly rule: string; readonly value?: string };

/** What is sent, and what is to become of it: a row with these values, by SQL expression, or an entry with these reasons. */
type Case = {
  readonly sent: Sent;
  readonly row?: Readonly<Record<string, string | null>>;
  readonly reasons?: readonly Reason[];
  /** The field issues of a row. */
  readonly issues?: readonly (Reason & { readonly action: string })[];
};

let minutes = 0;

/** A minute after the one before. */
function next(): { at: number; key: string; stamp: string } {
  minutes += 1;
  const at = Date.UTC(2026, 0, 1) + minutes * 60_000;
  return { at, key: `odd-${minutes}`, stamp: new Date(at).toISOString() };
}

/** A record with a key and a timestamp of its own, unless told, and `more` members as they are written. */
function sent(more: string, own: Partial<{ at: number; key: string; stamp: string }> = {}): Sent {
  const { at, key, stamp } = { ...next(), ...own };
  const members = [`"ListingKey":${JSON.stringify(key)}`, `"ModificationTimestamp":"${stamp}"`];
  return { at, key, json: Buffer.from(`{${[...members, ...(more === '' ? [] : [more])].join(',')}}`) };
}

function row(more: string, values: Record<string, string | null> = {}): Case {
  return { sent: sent(more), row: values };
}

function bad(more: string, field: string, rule: string, value: string): Case {
  return { sent: sent(more), reasons: [{ field, rule, value }] };
}

/** A record whose field its column cannot hold exactly; `kept` is what the column holds. */
function odd(
  more: string,
  [field, column]: [string, string],
  rule: string,
  value: string,
  kept: string | null = null,
): Case {
  const action = kept === null ? 'null' : 'replaced';
  return { sent: sent(more), row: { [column]: kept }, issues: [{ field, rule, value, action }] };
}

function times(count: number, make: (number: number) => Case): Case[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Sent to those who ask for no time, before all others. */
function timeless(key: string, member: string, rule: string, value: string): Case {
  const json = Buffer.from(`{"ListingKey":"${key}"${member}}`);
  return {
    sent: { at: undefined, key, json },
    reasons: [{ field: 'ModificationTimestamp', rule, value }],
  };
}

function keyless(member: string, rule: string, value: string): Case {
  const { at, key, stamp } = next();
  const json = Buffer.from(`{${member}"ModificationTimestamp":"${stamp}"}`);
  return { sent: { at, key, json }, reasons: [{ field: 'ListingKey', rule, value }] };
}

function longKey(number: number): Case {
  const key = String(number).padEnd(256, 'k');
  const value = `${key.slice(0, 200)}… (256 characters)`;
  return {
    sent: sent('', { key }),
    reasons: [{ field: 'ListingKey', rule: 'has 256 characters, its column 255', value }],
  };
}

function longStamp(): Case {
  const own = next();
  const stamp = own.stamp.replace('.000Z', `.000${'1'.repeat(80)}Z`);
  return {
    sent: sent('', { ...own, stamp }),
    row: { modification_timestamp: own.stamp.replace('T', ' ').replace('Z', '') },
  };
}

function noUtf8(): Case {
  const { json, ...place } = sent('"City":"Z~rich"');
  const broken = Buffer.from(json.map((byte) => (byte === 0x7e ? 0xff : byte)));
  return {
    sent: { ...place, json: broken },
    reasons: [{ field: '', rule: 'holds bytes that are no UTF-8' }],
  };
}

const NO_DAY = 'is not a calendar day, or is before the year 1000';
const NO_INSTANT = 'is not a timestamp with an offset in the years 1000 to 9999';
const TOO_MANY = 'has more than 12 digits before the point';
const OUTSIDE = 'is outside −2147483648 … 2147483647';
const REMARKS = 'é🏡 '.repeat(750_000);

const groups: readonly [name: string, cases: readonly Case[]][] = [
  [
    'a ModificationTimestamp that is null, missing or no time is named, and the cursor goes by the others',
    [
      timeless('null', ',"ModificationTimestamp":null', 'is missing', 'null'),
      timeless('missing', '', 'is missing', ''),
      timeless('unparsable', ',"ModificationTimestamp":"last week"', NO_INSTANT, 'last week'),
    ],
  ],
  [
    'a record without a key is known by its text',
    [
      keyless('', 'is missing', ''),
      keyless('"ListingKey":null,', 'is missing', 'null'),
      keyless('"ListingKey":"",', 'a key must not be empty', ''),
      keyless('"ListingKey":{},', 'is not text', '{}'),
    ],
  ],
  ['keys that are longer than their column, a page of them', times(2 * PAGE, longKey)],
  [
    'a page whose records are all bad',
    times(2 * PAGE, (n) => bad(`"ListPrice":"about ${n}"`, 'ListPrice', 'is not a number', `about ${n}`)),
  ],
  [
    'keys that differ by case, accent or a space at the end stay apart',
    ['k', 'K', 'ḱ', 'k ', ' k'].map((key) => ({ sent: sent('', { key }), row: { listing_key: key } })),
  ],
  [
    'numbers as texts, and texts as numbers',
    [
      row('"ListPrice":"350000.50","YearBuilt":"1999"', { list_price: '350000.50', year_built: '1999' }),
      row('"City":12,"PostalCode":80202', { city: '12', postal_code: '80202' }),
      row('"SpaYN":"true","City":false', { spa_yn: '1', city: 'false' }),
      bad('"ListPrice":"350,000"', 'ListPrice', 'is not a number', '350,000'),
    ],
  ],
  [
    'five megabytes of remarks are kept whole; in quarantine, as much as a person can read',
    [
      row(`"PublicRemarks":"${REMARKS}"`, {
        'SHA2(public_remarks, 256)': createHash('sha256').update(REMARKS).digest('hex'),
      }),
      bad(`"ListPrice":"x","PublicRemarks":"${'x'.repeat(5_000_000)}"`, 'ListPrice', 'is not a number', 'x'),
    ],
  ],
  [
    'fields with the names of what every object has',
    [
      row('"__proto__":{"City":"x"},"constructor":1,"toString":"t","hasOwnProperty":null', { city: null }),
      row('"constructor":{"prototype":{"City":"x"}},"City":"__proto__"', { city: '__proto__' }),
    ],
  ],
  [
    'days and times that are none, and the last one there is',
    [
      odd('"CloseDate":"0000-00-00"', ['CloseDate', 'close_date'], NO_DAY, '0000-00-00'),
      odd('"CloseDate":"2026-02-30"', ['CloseDate', 'close_date'], NO_DAY, '2026-02-30'),
      odd('"CloseDate":"0001-01-01"', ['CloseDate', 'close_date'], NO_DAY, '0001-01-01'),
      odd(
        '"PendingTimestamp":"0001-01-01T00:00:00Z"',
        ['PendingTimestamp', 'pending_timestamp'],
        NO_INSTANT,
        '0001-01-01T00:00:00Z',
      ),
      row('"CloseDate":"9999-12-31","PendingTimestamp":"9999-12-31T23:59:59.999Z"', {
        close_date: '9999-12-31',
        pending_timestamp: '9999-12-31 23:59:59.999',
      }),
    ],
  ],
  ['a timestamp with more digits than the watermark holds', times(2 * PAGE, longStamp)],
  [
    'half a character is replaced, a whole one of four bytes is kept, and so is NUL',
    [
      odd('"City":"a\\ud83c"', ['City', 'city'], 'contains half a surrogate pair', 'a\uFFFD', 'a\uFFFD'),
      row('"City":"\\u0000🏡\\ud83c\\udfe1"', { city: '\u0000🏡🏡' }),
      noUtf8(),
    ],
  ],
  [
    'digits that a double does not hold are kept, refused or named, never altered in silence',
    [
      row('"ListAgentKey":9007199254740993', { list_agent_key: '9007199254740993' }),
      row('"ListAgentKey":1e400', { list_agent_key: '1e400' }),
      row('"ListPrice":999999999999.99,"LotSizeAcres":123456789012.3456', {
        list_price: '999999999999.99',
        lot_size_acres: '123456789012.3456',
      }),
      bad('"ListPrice":9007199254740993', 'ListPrice', TOO_MANY, '9007199254740993'),
      bad('"ListPrice":1e400', 'ListPrice', TOO_MANY, '1e400'),
      odd(
        '"TaxAssessedValue":9007199254740993',
        ['TaxAssessedValue', 'tax_assessed_value'],
        OUTSIDE,
        '9007199254740993',
      ),
      row('"YearBuilt":-0,"ListPrice":-0.0', { year_built: '0', list_price: '0.00' }),
    ],
  ],
  [
    'objects and lists where one value is due',
    [
      odd('"City":{"Name":"Austin"}', ['City', 'city'], 'is not text', '{"Name":"Austin"}'),
      bad('"ListPrice":[350000]', 'ListPrice', 'is not a number', '[350000]'),
      odd('"CloseDate":["2026-01-01"]', ['CloseDate', 'close_date'], 'is not a date', '["2026-01-01"]'),
      odd(
        '"Heating":[["Gas"]]',
        ['Heating', 'heating'],
        'is a list that cannot be joined with commas',
        '[["Gas"]]',
      ),
      row('"Heating":["Gas","Solar"],"Nested":{"deep":[{"er":[]}]}', { heating: 'Gas,Solar' }),
      row(`"Deep":${'['.repeat(50_000)}${']'.repeat(50_000)},"City":"Austin"`, { city: 'Austin' }),
    ],
  ],
  [
    'good records after them are loaded',
    times(3 * PAGE, (n) => row(`"City":"Town ${n}"`, { city: `Town ${n}` })),
  ],
  [
    'timestamps in the far future',
    ['2031-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map((stamp) => ({
      sent: sent('', { stamp, at: Date.parse(stamp), key: stamp }),
      row: { modification_timestamp: stamp.replace('T', ' ').replace('Z', '') },
    })),
  ],
];

/** In the first page, between two others: two versions of one record. */
const [FIRST, OLDER, NEWER, LAST] = [
  sent('', { at: 0, key: 'first', stamp: '2025-12-31T00:00:00Z' }),
  sent('"City":"Older"', { at: 1, key: 'twin', stamp: '2025-12-31T00:00:01Z' }),
  sent('"City":"Newer"', { at: 2, key: 'twin', stamp: '2025-12-31T00:00:02Z' }),
  sent('', { at: 3, key: 'last', stamp: '2025-12-31T00:00:03Z' }),
];

const feed = [
  ...groups.flatMap(([, cases]) => cases.map((each) => each.sent)),
  FIRST,
  OLDER,
  NEWER,
  LAST,
].sort((a, b) => (a.at ?? -1) - (b.at ?? -1));

const BOUND = /ModificationTimestamp (gt|ge) (\S+?)(?: or .* and ListingKey gt '(.*)'\)\))?$/;

/** What Trestle would answer: records behind the bound in the order of time, `$top` at most. */
function answer({ query }: Asked): Reply {
  const [, bound, stamp = '', key] = BOUND.exec(query['$filter'] ?? '') ?? [];
  const from = Date.parse(stamp);
  const behind = feed.filter(({ at, key: own }) => {
    if (bound === undefined) return true;
    if (at === undefined) return false;
    return at > from || (at === from && (bound === 'ge' || own > (key ?? '')));
  });
  const found = behind.slice(0, Number(query['$top'])).map(({ json }) => json);
  const list = found.flatMap((json, index) => (index === 0 ? [json] : [Buffer.from(','), json]));
  const counted = `"@odata.count":${new Set(behind.map((record) => record.key)).size},`;
  const count = query['$count'] === 'true' ? counted : '';
  const body = Buffer.concat([Buffer.from(`{${count}"value":[`), ...list, Buffer.from(']}')]);
  return { body, headers: { 'content-type': 'application/json' } };
}

let server: ScriptedServer;
let all: Pipeline;
let outcome: RunOutcome;

function load(): Promise<RunOutcome> {
  const odata = { base: server.base, tokenUrl: server.tokenUrl, pageSize: PAGE };
  return all.run({ resources: [property] }, { odata });
}

beforeAll(async () => {
  server = await scriptedServer({ data: answer });
  all = await pipeline({ listings: 0 });
  outcome = await load();
});

afterAll(() => server.close());

describe('promise 5: of each odd record there is the row with its values and field issues, or the entry with exactly its reasons', () => {
  test.each(groups)('%s', async (_, cases) => {
    for (const { sent: one, row: values, reasons, issues = [] } of cases) {
      if (values !== undefined) {
        expect(await stored(one, Object.keys(values))).toEqual(values);
        expect(await issuesOf(one)).toEqual(issues);
      } else expect(await held(one)).toMatchObject(reasons!);
    }
  });

  test('promise 6: of the same key twice in a page the newer one counts', async () => {
    expect(await stored(NEWER, ['city'])).toEqual({ city: 'Newer' });
    expect(outcome.totals.older).toBe(1);
  });
});

test('the run passes them all with status partial, and its counts add up', async () => {
  const cases = groups.flatMap(([, each]) => each);
  const bads = cases.filter((each) => each.reasons !== undefined).length;
  const { inserted, updated, rejected, older, processed } = outcome.totals;
  expect(outcome.status).toBe('partial');
  expect({ inserted, updated, older }).toEqual({ inserted: cases.length - bads + 3, updated: 0, older: 1 });
  expect(processed).toBe(inserted + rejected + older);
  // A record without a key at the end of a page is met on the next one again.
  expect(await all.db.query('SELECT COUNT(*) AS n, SUM(times_seen) AS seen FROM etl_quarantine')).toEqual([
    { n: String(bads), seen: String(rejected) },
  ]);
});

test('the watermark stays behind what is in the future, and the next run is clean', async () => {
  const [watermark] = await all.db.query<Record<string, string>>('SELECT * FROM etl_watermark');
  expect(watermark!['cursor_timestamp']).toMatch(/^2026-01-01T/);
  expect(await load()).toMatchObject({
    status: 'success',
    totals: { inserted: 0, updated: 0, rejected: 0, older: 0 },
  });
});

test('the whole feed once more changes no row, and exits 0 without a word', async () => {
  const sums = () => all.db.query('CHECKSUM TABLE properties, properties_raw');
  const before = await sums();
  const folder = configured({ ...all.sandbox, url: server.base }, all.db, {
    TRESTLE_TOKEN_URL: server.tokenUrl,
    PAGE_SIZE: String(PAGE),
    RESOURCES: 'Property',
  });
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(await sums()).toEqual(before);
});

/** A row's values; what was sent must be beside it byte for byte. */
async function stored(
  { key, json }: Sent,
  columns: readonly string[],
): Promise<Record<string, string | null>> {
  const values = columns.map((column, index) => `CAST(${column} AS CHAR) AS v${index}`);
  const [found] = await all.db.query<Record<string, string | null>>(
    `SELECT ${['payload', ...values].join(', ')} FROM properties p JOIN properties_raw r USING (listing_key) ` +
      'WHERE p.listing_key = ?',
    [key],
  );
  expect({ key, isThere: found !== undefined }).toEqual({ key, isThere: true });
  expect(Buffer.from(found!['payload']!).equals(json)).toBe(true);
  return Object.fromEntries(columns.map((column, index) => [column, found![`v${index}`] ?? null]));
}

/** What is recorded of a row's fields that do not hold exactly what was sent. */
function issuesOf({ key }: Sent): Promise<object[]> {
  return all.db.query('SELECT field, rule, value, action FROM etl_field_issue WHERE record_key = ?', [key]);
}

/** The reasons for which a record was put aside. */
async function held({ json }: Sent): Promise<Reason[]> {
  const raw = json.toString().slice(0, 500_000);
  const found = await all.db.query<{ reasons: string }>('SELECT reasons FROM etl_quarantine WHERE raw = ?', [
    raw,
  ]);
  expect({ raw: raw.slice(0, 300), entries: found.length }).toEqual({ raw: raw.slice(0, 300), entries: 1 });
  const reasons = JSON.parse(found[0]!.reasons) as Reason[];
  expect(reasons).toHaveLength(1);
  return reasons;
}

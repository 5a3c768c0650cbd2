import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/db/pool.ts';
import { loadRows } from '../../src/load/upsert.ts';
import type { FieldIssue } from '../../src/model/field-issue.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { createTransformer } from '../../src/transform/page.ts';
import { emptied, tables } from '../helpers/cases.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { anyText, CASES, PATIENCE } from './arbitraries.ts';

/** One value of a field as it is sent; `must` where nothing allows to refuse it. */
type Drawn = { readonly field: string; readonly json: string; readonly must: boolean };

const digits = (most: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));

/** A number as JSON writes it, with more digits than a double holds at times. */
const anyNumber: fc.Arbitrary<string> = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.tuple(fc.constantFrom('', '-'), digits(20), digits(10)).map(([sign, whole, fraction]) => {
    return `${sign}${BigInt(whole)}.${fraction}`;
  }),
  fc.tuple(fc.constantFrom('', '-'), digits(25)).map(([sign, whole]) => `${sign}${BigInt(whole)}`),
  fc
    .tuple(digits(3), fc.constantFrom('e', 'E', 'e+', 'E-', 'e-'), fc.nat(30))
    .map(([whole, mark, exponent]) => {
      return `${BigInt(whole)}${mark}${exponent}`;
    }),
  fc.constantFrom('-0', '0.0', '308000.0', '2147483647', '2147483648', '-2147483648', '-2147483649', '1e999'),
);

const anyDay = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));

/** An instant with its offset, and digits that are finer than a millisecond. */
const anyMoment = fc
  .record({
    at: fc.integer({ min: Date.UTC(1000, 0, 2), max: Date.UTC(9999, 11, 30) }),
    offset: fc.integer({ min: -14 * 60, max: 14 * 60 }),
    finer: fc.oneof(fc.constant(''), digits(4)),
  })
  .map(({ at, offset, finer }) => {
    const local = new Date(at + offset * 60_000).toISOString().slice(0, 23);
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
    const zone = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
    return `${local}${finer}${offset < 0 ? '-' : '+'}${zone}`;
  });

/** Texts that look like something. */
const nearText = fc.oneof(
  anyText,
  anyNumber.map((text) => ` ${text}`),
  anyNumber,
  anyDay,
  anyMoment,
  fc.constantFrom(
    '',
    ' ',
    'true',
    'FALSE',
    'None',
    '0x10',
    '1,5',
    '1_000',
    '2025-02-29',
    '2024-02-29',
    '0000-00-00',
  ),
  fc.constantFrom('2025-01-01T00:00:00', '2025-01-01T24:00:00Z', '2025-01-01T00:00:00Z', '12:00', '٣', '½'),
  fc.nat(3).map((more) => '𝒳'.repeat(63 + more)),
);

const anyJson: fc.Arbitrary<string> = fc.oneof(
  anyNumber,
  nearText.map((text) => JSON.stringify(text)),
  fc.constantFrom('null', 'true', 'false', '{}', '"\\ud800"'),
  fc
    .array(
      fc.oneof(
        anyNumber,
        nearText.map((text) => JSON.stringify(text)),
        fc.constantFrom('null', 'true'),
      ),
    )
    .map((items) => `[${items.join(',')}]`),
  fc.json(),
);

/** What the column of a field can hold as it is: must be taken. */
const fitting: Readonly<Record<string, fc.Arbitrary<string>>> = {
  City: anyText.map((text) => JSON.stringify(Array.from(text).slice(0, 64).join(''))),
  Directions: fc.oneof(
    anyText.map((text) => JSON.stringify(text)),
    fc.constantFrom('x'.repeat(65_535), '樹'.repeat(21_845)).map((text) => JSON.stringify(text)),
    fc.array(fc.stringMatching(/^[A-Za-z ]*$/)).map((items) => JSON.stringify(items)),
  ),
  PublicRemarks: anyText.map((text) => JSON.stringify(text)),
  YearBuilt: fc.oneof(
    fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }).map(String),
    fc.constantFrom('-2147483648', '2147483647', '0'),
  ),
  ListPrice: fc.bigInt({ min: -(10n ** 14n) + 1n, max: 10n ** 14n - 1n }).map((cents) => pointed(cents, 2)),
  Latitude: fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n }).map((number) => pointed(number, 8)),
  LotSizeAcres: fc
    .bigInt({ min: -(10n ** 16n) + 1n, max: 10n ** 16n - 1n })
    .map((number) => pointed(number, 4)),
  ViewYN: fc.constantFrom('true', 'false'),
  CloseDate: anyDay.map((day) => JSON.stringify(day)),
  PendingTimestamp: anyMoment.map((moment) => JSON.stringify(moment)),
};

/** `12345`, 2 → `123.45` */
function pointed(number: bigint, scale: number): string {
  const text = String(number < 0n ? -number : number).padStart(scale + 1, '0');
  return `${number < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

const anyDrawn: fc.Arbitrary<Drawn> = fc
  .constantFrom(...Object.keys(fitting))
  .chain((field) =>
    fc.oneof(
      fc.record({ field: fc.constant(field), json: fitting[field]!, must: fc.constant(true) }),
      fc.record({ field: fc.constant(field), json: anyJson, must: fc.constant(false) }),
    ),
  );

/** A number as a fraction of powers of ten: nothing is rounded. Undefined for what is not a number. */
function fractionOf(text: string): { number: bigint; scale: bigint } | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const number = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = BigInt(fraction.length) - BigInt(exponent);
  return scale < 0n ? { number: number * 10n ** -scale, scale: 0n } : { number, scale };
}

function isSameNumber(a: string, b: string): boolean {
  const [one, other] = [fractionOf(a.trim()), fractionOf(b)];
  if (one === undefined || other === undefined) return false;
  return one.number * 10n ** other.scale === other.number * 10n ** one.scale;
}

const isNumber = (json: string): boolean => /^-?\d/.test(json);

/** Whether text that is stored says what was sent, no more and no less. */
function isSameText(json: string, stored: string): boolean {
  if (isNumber(json)) return isSameNumber(json, stored);
  const value = JSON.parse(json) as unknown;
  if (typeof value === 'boolean') return stored === json;
  if (!Array.isArray(value)) return stored === value;
  const items = itemsOf(json);
  const parts = items.length === 0 ? [] : stored.split(',');
  if (items.length === 0) return stored === '';
  return parts.length === items.length && items.every((item, index) => isSameText(item, parts[index]!));
}

/** The texts of a list's items, long numbers included. */
function itemsOf(json: string): string[] {
  const items = json.match(/"(?:[^"\\]|\\.)*"|[^\s,[\]]+/g) ?? [];
  return (JSON.parse(json) as unknown[]).some((item) => typeof item === 'object') ? ['{}'] : items;
}

function isSameInstant(text: string, stored: string): boolean {
  const cut = text
    .replace(/(\.\d{3})\d+/, '$1')
    .replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
    .toUpperCase();
  return Date.parse(cut) === Date.parse(`${stored.replace(' ', 'T')}Z`);
}

/** Whether what the database gives back is what was sent: a second opinion, written apart from src/transform. */
function isSame({ field, json }: Drawn, stored: string | null): boolean {
  if (json === 'null') return stored === null;
  const kind = property.fields.find(({ name }) => name === field)!.type.kind;
  const isText = kind === 'string' || kind === 'text' || kind === 'longtext';
  if (json === '""' && !isText) return stored === null;
  if (stored === null) return false;
  if (isText) return isSameText(json, stored);
  const text = json.startsWith('"') ? (JSON.parse(json) as string) : json;
  if (kind === 'boolean') {
    const word = isNumber(text) && isSameNumber(text, '1') ? 'true' : text.toLowerCase();
    return stored === '1' ? word === 'true' : word === 'false' || isSameNumber(text, '0');
  }
  if (kind === 'integer' || kind === 'decimal') return isSameNumber(text, stored);
  if (!json.startsWith('"')) return false;
  if (kind === 'timestamp') return isSameInstant(text, stored);
  return text.slice(0, 10) === stored && /^(?:T00:00.*)?$/.test(text.slice(10));
}

const ESSENTIAL = new Set(['ListPrice']);

/** Whether a value that is not what was sent is as near to it as its column allows. */
function isNear({ field, json }: Drawn, { action }: FieldIssue, stored: string | null): boolean {
  if (action === 'null') return stored === null;
  if (stored === null) return false;
  const text = json.startsWith('"') ? (JSON.parse(json) as string) : json;
  if (action === 'replaced') return stored === text.toWellFormed();
  if (action === 'cut') return stored.isWellFormed() && isBeginning(json, stored);
  const [sent, kept] = [fractionOf(text.trim())!, fractionOf(stored)!];
  const { type } = property.fields.find(({ name }) => name === field)!;
  const scale = type.kind === 'decimal' ? BigInt(type.scale) : 0n;
  // Twice the distance is at most one unit of the last digit; both as whole counts of the same power of ten.
  const unit = sent.scale + kept.scale;
  const distance = sent.number * 10n ** kept.scale - kept.number * 10n ** sent.scale;
  const limit = unit >= scale ? 10n ** (unit - scale) : 0n;
  return 2n * (distance < 0n ? -distance : distance) <= limit;
}

/** Whether what is stored begins as the text, or the joined list, that was sent, and is shorter. */
function isBeginning(json: string, stored: string): boolean {
  if (!json.startsWith('[')) return textOf(json).startsWith(stored) && stored.length < textOf(json).length;
  const [items, parts] = [itemsOf(json), stored.split(',')];
  const last = parts.length - 1;
  const isWhole = parts.slice(0, last).every((part, nth) => isSameText(items[nth]!, part));
  return (
    isWhole &&
    last < items.length &&
    (isNumber(items[last]!) || textOf(items[last]!).startsWith(parts[last]!))
  );
}

function textOf(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

let db: FreshDatabase;
let connection: Connection;
beforeAll(async () => {
  ({ db, connection } = await tables());
});

// Validates: Requirements 2.4
test(
  'Feature: trestle-etl-pipeline, Property 8: Data Type Conversion Accuracy: For any API data type, the conversion to MySQL-compatible format should preserve data integrity and handle edge cases appropriately.',
  async () => {
    const transform = createTransformer(property);
    const options = {
      batchSize: 100,
      maxBytes: 4e6,
      keepPayload: false,
      keepHistory: false,
      runId: 1,
      at: '2026-01-01 00:00:00.000',
    };
    await fc.assert(
      fc.asyncProperty(fc.array(anyDrawn, { minLength: 1, maxLength: 20 }), async (values) => {
        await emptied(db);
        const records = values.map(({ field, json }, index) => {
          return `{"ListingKey":"${index}","ModificationTimestamp":"2025-01-01T00:00:00Z","${field}":${json}}`;
        });
        const { rows, rejects } = transform({ records, damaged: new Set(), cursor: undefined });
        expect(rows.length + rejects.length).toBe(values.length);
        const { refused } = await loadRows(connection, property, rows, options);
        expect([...refused.values()]).toEqual([]);

        const issues = new Map(rows.map((row) => [Number(row.key), row.issues]));
        const columns = property.fields
          .filter(({ name }) => name in fitting)
          .map(({ name, column }) => `CAST(${column} AS CHAR) AS ${name}`);
        const stored = await db.query<Record<string, string | null>>(
          `SELECT listing_key AS id, ${columns.join(', ')} FROM properties`,
        );
        const found = new Map(stored.map((row) => [Number(row['id']), row]));
        expect(found.size).toBe(rows.length);
        for (const [index, drawn] of values.entries()) {
          const row = found.get(index);
          const value = row?.[drawn.field] ?? null;
          const issue = issues.get(index)?.find(({ field }) => field === drawn.field);
          const says =
            row === undefined ? 'refused' : `${drawn.field} = ${value}, ${issue?.action ?? 'exact'}`;
          const isRight =
            row === undefined
              ? !drawn.must && ESSENTIAL.has(drawn.field)
              : issue === undefined
                ? isSame(drawn, value)
                : !drawn.must && isNear(drawn, issue, value);
          expect({ ...drawn, says, isRight }).toEqual({ ...drawn, says, isRight: true });
        }
      }),
      { numRuns: 5 * CASES.numRuns },
    );
  },
  PATIENCE,
);

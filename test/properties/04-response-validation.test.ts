import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EtlError } from '../../src/errors.ts';
import type { Page } from '../../src/model/page.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import { createTransformer } from '../../src/transform/page.ts';
import { type Reply, scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';
import { allOf, sourceOf } from '../helpers/source.ts';
import { anyInstant, anyText, CASES, PATIENCE } from './arbitraries.ts';
import { recordText } from '../../src/transform/scan-record.ts';

/** What the server sends, and what has to come of it. */
type Case = {
  readonly reply: Reply;
  /** The records of a good answer; `refused` for one that must not look like a page; else either will do. */
  readonly wanted: readonly unknown[] | 'refused' | 'either';
  /** For people: what was sent. */
  readonly sent: string;
};

const anyRecords = fc
  .array(
    fc.record({
      at: anyInstant,
      more: fc.dictionary(
        anyText.filter((name) => name !== '__proto__'),
        fc.jsonValue(),
        { maxKeys: 4 },
      ),
      remarks: fc.option(anyText),
    }),
    { maxLength: 6 },
  )
  .map((drawn) =>
    drawn
      .sort((a, b) => a.at - b.at)
      .map(({ at, more, remarks }, index) => ({
        ...more,
        ListingKey: String(index),
        ModificationTimestamp: stamp(at),
        PublicRemarks: remarks,
      })),
  );

/** A whole answer as the service gives it, with anything beside the list. */
const anyEnvelope = fc
  .tuple(anyRecords, fc.dictionary(anyText, fc.jsonValue(), { maxKeys: 3 }), fc.constantFrom(0, 1, 4))
  .map(([records, more, indent]) => {
    const { value: _, ...rest } = Object.fromEntries(
      Object.entries(more).filter(([name]) => !name.startsWith('@odata.') && name !== '__proto__'),
    );
    return {
      records,
      text: JSON.stringify({ '@odata.context': 'x', ...rest, value: records }, null, indent),
    };
  });

const good: fc.Arbitrary<Case> = fc
  .tuple(anyEnvelope, fc.constantFrom('plain', 'gzip', 'chunked'))
  .map(([{ records, text }, how]) => ({
    wanted: records,
    sent: `${how}: ${text}`,
    reply:
      how === 'gzip'
        ? { headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) }
        : how === 'plain'
          ? { body: text }
          : { raw: (response) => inPieces(response, Buffer.from(text)) },
  }));

function inPieces(response: ServerResponse, body: Buffer): void {
  response.writeHead(200);
  for (let at = 0; at < body.length; at += 7) response.write(body.subarray(at, at + 7));
  response.end();
}

/** A good answer that ends too early: as a whole body, or as one that was announced to be longer. */
const cutOff: fc.Arbitrary<Case> = fc
  .tuple(anyEnvelope, fc.double({ min: 0, max: 0.999, noNaN: true }), fc.boolean())
  .map(([{ text }, share, isAnnounced]) => {
    const whole = Buffer.from(text);
    const body = whole.subarray(0, Math.floor(whole.length * share));
    const raw = (response: ServerResponse): void => {
      response.writeHead(200, { 'content-length': String(whole.length) });
      response.write(body, () => response.destroy());
    };
    return { wanted: 'refused', sent: body.toString(), reply: isAnnounced ? { raw } : { body } };
  });

/** Any other status than 200, with an answer that would else be good. */
const refusal: fc.Arbitrary<Case> = fc
  .tuple(anyEnvelope, fc.integer({ min: 201, max: 599 }), fc.constantFrom('', 'http://127.0.0.1:1/x', '///'))
  .map(([{ text }, status, location]) => ({
    wanted: 'refused',
    sent: `${status}: ${text}`,
    reply: { status, headers: { location, 'content-type': 'application/json' }, body: text },
  }));

/** JSON that has no list of records where one is due. */
const noList: fc.Arbitrary<Case> = fc
  .oneof(
    fc.constantFrom(null, [], [{ value: [] }], 0, '', 'value', true, {}),
    fc.jsonValue().filter((value) => typeof value !== 'object' || value === null || Array.isArray(value)),
    fc.record({ value: fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant({ value: [] })) }),
    fc.record({ error: fc.jsonValue(), data: fc.constant({ value: [] }) }),
  )
  .map((value) => {
    const body = JSON.stringify(value);
    return { wanted: 'refused', sent: body, reply: { body } };
  });

/** Whatever bytes, JSON and headers there are. */
const anything: fc.Arbitrary<Case> = fc
  .tuple(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.tuple(fc.json(), fc.string()).map(([value, end]) => Buffer.from(`{"value":[${value},${end}]}`)),
      fc
        .array(
          fc.oneof(
            fc.json(),
            anyText.map((text) => JSON.stringify(text)),
          ),
        )
        .map((items) => {
          return Buffer.from(`{ "value" : [ ${items.join(' ,')} ] }`);
        }),
      fc.tuple(anyEnvelope, fc.nat(400), fc.uint8Array({ maxLength: 3 })).map(([{ text }, at, bytes]) => {
        const body = Buffer.from(text);
        return Buffer.concat([body.subarray(0, at), Buffer.from(bytes), body.subarray(at + 2)]);
      }),
      anyText.map((text) => Buffer.from(`<!DOCTYPE html><html>${text}</html>`)),
      fc
        .tuple(anyRecords, fc.jsonValue(), fc.jsonValue())
        .map(([value, link, count]) =>
          Buffer.from(JSON.stringify({ value, '@odata.nextLink': link, '@odata.count': count })),
        ),
    ),
    fc.dictionary(
      fc.constantFrom(
        'content-type',
        'content-encoding',
        'date',
        'retry-after',
        'minute-quota-limit',
        'minute-quota-available',
        'hour-quota-limit',
        'hour-quota-available',
        'hour-quota-resettime',
      ),
      fc.constantFrom(
        '',
        '0',
        '-1',
        '1',
        '1e999',
        'NaN',
        'soon',
        '99999999999999',
        'gzip',
        'br',
        'text/html',
      ),
    ),
  )
  .map(([body, headers]) => ({
    wanted: 'either',
    sent: `${JSON.stringify(headers)} ${body.toString('latin1')}`,
    reply: { headers, body },
  }));

const readable = (each: Case): Case =>
  Object.assign(each, {
    [fc.toStringMethod]: () => JSON.stringify({ wanted: each.wanted, sent: each.sent }),
  });

type Outcome = { readonly pages: readonly Page[] } | { readonly error: unknown };

async function read(server: ScriptedServer): Promise<Outcome> {
  const { source } = sourceOf(server, { maxRetries: 1, deadline: 120_000 });
  try {
    const signal = new AbortController().signal;
    return { pages: await allOf(source.read(property, { cursor: undefined, count: true }, signal)) };
  } catch (error) {
    return { error };
  }
}

function expectClassed(error: unknown): void {
  expect(error).toBeInstanceOf(EtlError);
  const { exitCode, message } = error as EtlError;
  expect([1, 69, 75, 77, 78]).toContain(exitCode);
  expect(message).not.toBe('');
}

/** Every record becomes a row or a reject; none is lost, and none makes the transformation fail. */
function expectAllShaped(pages: readonly Page[]): void {
  const transform = createTransformer(property);
  for (const page of pages) {
    const { rows, rejects, skippedOlder } = transform(page);
    expect(rows.length + rejects.length + skippedOlder).toBe(page.records.length);
  }
}

/** The same values in the same order, whatever the space between them. */
function expectSame(records: readonly string[] | undefined, wanted: readonly unknown[]): void {
  expect(records?.map((raw) => JSON.stringify(JSON.parse(raw)))).toEqual(
    wanted.map((record) => JSON.stringify(record)),
  );
}

/** The list that a body holds; or, of a body that is no JSON as a whole, nothing that does not stand in it. */
function expectNothingElse(records: readonly string[], body: string): void {
  const value = valueIn(body);
  if (value !== undefined) expectSame(records, value);
  for (const raw of records) expect(body).toContain(raw);
}

function valueIn(body: string): readonly unknown[] | undefined {
  try {
    const { value } = JSON.parse(body) as { value?: unknown };
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const bodyOf = ({ body }: Reply): string => (Buffer.isBuffer(body) ? body.toString() : '');

let server: ScriptedServer;
let reply: Reply = {};
let tokenReply: Reply | undefined;

beforeAll(async () => {
  server = await scriptedServer({
    data: () => reply,
    token: () => tokenReply ?? { body: { access_token: 'x', expires_in: 9999 } },
  });
});
afterAll(() => server.close());

// Validates: Requirements 1.4
describe('Feature: trestle-etl-pipeline, Property 4: Response Validation and Error Handling: For any API response format (valid or invalid), the system should correctly validate the response structure and handle errors without crashing.', () => {
  test.each([
    ['a good answer is a page with exactly its records', good],
    ['an answer that was cut off is never a page', cutOff],
    ['an answer that says no is never a page', refusal],
    ['JSON without a list of records is never a page', noList],
    ['anything else is a page of what was sent, or an error of ours', anything],
  ] as const)(
    '%s',
    async (_, anyCase) => {
      await fc.assert(
        fc.asyncProperty(anyCase.map(readable), async (drawn) => {
          reply = drawn.reply;
          const outcome = await read(server);
          if ('error' in outcome) expectClassed(outcome.error);
          else expectAllShaped(outcome.pages);
          const records =
            'pages' in outcome ? outcome.pages.flatMap((page) => page.records.map(recordText)) : undefined;
          if (drawn.wanted === 'refused') expect(records).toBeUndefined();
          else if (drawn.wanted !== 'either') expectSame(records, drawn.wanted);
          else if (records !== undefined) expectNothingElse(records, bodyOf(drawn.reply));
        }),
        CASES,
      );
    },
    PATIENCE,
  );

  test(
    'a sign-in that answers anything is a sign-in, or an error of ours',
    async () => {
      reply = { body: { value: [] } };
      const tokens = fc.oneof(
        fc.tuple(fc.jsonValue(), fc.jsonValue()).map<Case>(([token, seconds]) => ({
          wanted: 'either',
          sent: JSON.stringify([token, seconds]),
          reply: { body: { access_token: token, expires_in: seconds } },
        })),
        anyText.map<Case>((token) => ({
          wanted: 'either',
          sent: token,
          reply: { body: { access_token: token, expires_in: 9999 } },
        })),
        fc.constantFrom('null', '0', '""', '[]', '{}', 'true').map<Case>((body) => ({
          wanted: 'either',
          sent: body,
          reply: { body },
        })),
        noList.map<Case>((each) => ({ ...each, wanted: 'either' })),
        anything,
        refusal,
        cutOff,
      );
      await fc.assert(
        fc.asyncProperty(tokens.map(readable), async (drawn) => {
          tokenReply = drawn.reply;
          server.asked.length = 0;
          const outcome = await read(server);
          if ('error' in outcome) expectClassed(outcome.error);
          if (drawn.wanted === 'refused') expect(server.asked).toEqual([]);
        }),
        CASES,
      );
    },
    PATIENCE,
  );
});

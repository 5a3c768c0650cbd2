import { describe, expect, test } from 'vitest';
import {
  ConfigError,
  CredentialsError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../../src/errors.ts';
import { accept, retryAfter } from '../../src/http/answer.ts';
import { readBody } from '../../src/sources/trestle/odata/body.ts';
import type { Answer, Request } from '../../src/http/send.ts';

const REQUEST: Request = {
  method: 'GET',
  url: 'https://api.example.com/trestle/odata/Property?$top=1',
  headers: {},
};

function answer(status: number, body = '', headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.from(body) };
}

function refused(given: Answer): Error {
  try {
    accept(REQUEST, given);
  } catch (error) {
    return error as Error;
  }
  throw new Error('was accepted');
}

describe('accept', () => {
  test('promise 19: a long message is not cut within a word, which may be half a secret', () => {
    const message = `${'x '.repeat(245)}SECRETSECRETSECRET and more`;
    const { message: told } = refused(answer(400, JSON.stringify({ error: { message } })));
    expect(told).toContain('x x …');
    expect(told).not.toContain('SECRET');
  });

  test('a 200 passes as it is', () => {
    const given = answer(200, '{}');
    expect(accept(REQUEST, given)).toBe(given);
  });

  test.each([
    [429, RateLimitedError],
    [408, RetryableError],
    [500, RetryableError],
    [502, RetryableError],
    [504, RetryableError],
    [401, CredentialsError],
    [400, ConfigError],
    [414, ConfigError],
    [431, ConfigError],
    [301, ConfigError],
    [204, ConfigError],
  ])('promise 13: %d is a %o', (status, kind) => {
    const error = refused(answer(status));
    expect(error).toBeInstanceOf(kind);
    expect(error).not.toBeInstanceOf(UnavailableError);
    expect(error.message).toBe(
      status === 301
        ? '/trestle/odata/Property answered 301, a redirect to nowhere: not followed'
        : `/trestle/odata/Property answered ${status}`,
    );
  });

  const ODATA = '{"error":{"code":"Forbidden[403]. TraceId: 1","message":"not licensed"}}';
  const JSON_TYPE = { 'content-type': 'application/json; odata.metadata=minimal' };

  test.each([403, 404, 405, 410, 418])('promise 13: %d is believed from an OData error only', (status) => {
    expect(refused(answer(status, ODATA, JSON_TYPE))).toMatchObject({ name: 'QueryRefusedError', status });
    const code = '{"error":{"code":"NotFound"}}';
    expect(refused(answer(status, code, JSON_TYPE))).toMatchObject({ name: 'QueryRefusedError', status });
    expect(refused(answer(status, ODATA, { 'content-type': 'text/html' })).name).toBe('InterceptedError');
  });

  const HTML = { 'content-type': 'text/html; charset=utf-8' };
  test.each([
    [
      '<html><head><title>Access\n Denied</title></head><body>x</body></html>',
      HTML,
      '"Access Denied" as text/html',
    ],
    ['<!DOCTYPE html><p>no title</p>', HTML, 'a page of text/html'],
    ['', {}, 'an empty body'],
    ['Forbidden by policy 7', { 'content-type': 'text/plain' }, '"Forbidden by policy 7" as text/plain'],
    ['{"message":"Forbidden"}', JSON_TYPE, '"{"message":"Forbidden"}" as application/json'],
    ['{"error":"Forbidden"}', JSON_TYPE, '"{"error":"Forbidden"}" as application/json'],
    ['word '.repeat(40), { 'content-type': 'text/plain' }, `"${'word '.repeat(20)}…" as text/plain`],
  ])(
    'promise 13: a 403 with %j comes from something before the API, and may pass',
    (body, headers, words) => {
      const error = refused(answer(403, body, headers));
      expect(error).toBeInstanceOf(RetryableError);
      expect(error).toMatchObject({ name: 'InterceptedError', status: 403, exitCode: 69 });
      expect(error.message).toMatch(/^\/trestle\/odata\/Property answered 403(: Forbidden)? with /);
      expect(error.message).toContain(`with ${words}: not an answer of the API`);
    },
  );

  test('only a 429 is a matter of the quota', () => {
    expect(refused(answer(503))).not.toBeInstanceOf(RateLimitedError);
  });

  test('the OData error’s own words are told, an HTML page’s are not', () => {
    const body =
      '{"error":{"code":"BadRequest[400]. TraceId: 1","message":"The field City has been suppressed"}}';
    expect(refused(answer(400, body)).message).toContain('answered 400: The field City has been suppressed');
    expect(refused(answer(500, '<html>secret</html>')).message).not.toContain('secret');
    expect(refused(answer(400, 'null')).message).toBe('/trestle/odata/Property answered 400');
    expect(refused(answer(400, '{"error":{"message":7}}')).message).toBe(
      '/trestle/odata/Property answered 400',
    );
  });

  test('a redirect says where the service has gone', () => {
    expect(refused(answer(302, '', { location: 'https://new.example.com/' })).message).toContain(
      'https://new.example.com/',
    );
  });
});

describe('retryAfter', () => {
  const date = 'Thu, 19 Mar 2026 12:00:00 GMT';
  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': ' 0.5 ' }, 500],
    [{ 'retry-after': 'Thu, 19 Mar 2026 12:00:42 GMT', date }, 42_000],
    [{ 'retry-after': 'Thu, 19 Mar 2026 11:00:00 GMT', date }, 0],
    [{ 'retry-after': 'Thu, 19 Mar 2026 12:00:42 GMT' }, undefined],
    [{ 'retry-after': 'soon', date }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{}, undefined],
  ])('promise 13: %o is %s ms', (headers, ms) => {
    expect(retryAfter(answer(429, '', headers as Record<string, string>))).toBe(ms);
    expect(refused(answer(429, '', headers as Record<string, string>))).toMatchObject({ retryAfter: ms });
  });
});

describe('readBody', () => {
  test('gives the records, the link and the count', async () => {
    const body = await readBody(
      answer(200, '{"@odata.count":7,"value":[{"a":1}],"@odata.nextLink":"https://x/"}'),
    );
    expect(body).toMatchObject({ records: ['{"a":1}'], nextLink: 'https://x/', count: 7 });
  });

  test('a count that is sent as text is a count', async () => {
    expect((await readBody(answer(200, '{"@odata.count":"2500","value":[]}'))).count).toBe(2500);
  });

  test.each([
    ['beside records', '{"value":[{"a":1}],"error":{"code":"500","message":"query aborted"}}'],
    ['before records', '{"error":{"message":"query aborted"},"value":[]}'],
    ['alone', '{"error":{"message":"query aborted"}}'],
    ['as text', '{"error":"query aborted","value":[]}'],
  ])('promise 13: an error %s in a 200 is a failure, told in its own words', async (_, text) => {
    const reading = readBody(answer(200, text));
    await expect(reading).rejects.toThrow(RetryableError);
    await expect(reading).rejects.toThrow('the API answered 200 with an error: query aborted');
  });

  test('an error that is null is none', async () => {
    expect((await readBody(answer(200, '{"error":null,"value":[{"a":1}]}'))).records).toHaveLength(1);
  });

  test('a link or a count of another kind is none', async () => {
    const body = await readBody(answer(200, '{"@odata.count":"7 of 9","value":[],"@odata.nextLink":null}'));
    expect([body.nextLink, body.count]).toEqual([undefined, undefined]);
    expect((await readBody(answer(200, '{"value":[],"@odata.nextLink":""}'))).nextLink).toBeUndefined();
  });

  test.each([
    ['', 'an empty body'],
    ['  \n', 'an empty body'],
    ['<!DOCTYPE html><p>Busy</p>', 'a page of text/html instead of JSON'],
    ['{"value":[{"a":1', 'JSON that is cut off or has no list "value" (16 bytes)'],
    ['{"message":"no"}', 'JSON that is cut off or has no list "value" (16 bytes)'],
    ['null', 'something that is no JSON object (4 bytes)'],
  ])('promise 13: a 200 with %j is worth another try, and never an empty page', async (text, what) => {
    const given = answer(200, text, { 'content-type': 'text/html' });
    await expect(readBody(given)).rejects.toThrow(RetryableError);
    await expect(readBody(given)).rejects.toThrow(`the API answered 200 with ${what}`);
  });
});

import { expect, test } from 'vitest';
import { RetryableError } from '../../../../src/errors.ts';
import { accept } from '../../../../src/http/answer.ts';
import type { Answer, Request } from '../../../../src/http/send.ts';
import { API_RULES } from '../../../../src/sources/trestle/odata/api-rules.ts';

const REQUEST: Request = {
  method: 'GET',
  url: 'https://api.example.com/trestle/odata/Property?$top=1',
  headers: {},
};
const ODATA = '{"error":{"code":"Forbidden[403]. TraceId: 1","message":"not licensed"}}';
const JSON_TYPE = { 'content-type': 'application/json; odata.metadata=minimal' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };

function refused(status: number, body = '', headers: Record<string, string> = {}): Error {
  const given: Answer = { status, headers, body: Buffer.from(body) };
  try {
    accept(API_RULES, REQUEST, given);
  } catch (error) {
    return error as Error;
  }
  throw new Error('was accepted');
}

test('promise 19: a long message is not cut within a word, which may be half a secret', () => {
  const message = `${'x '.repeat(245)}SECRETSECRETSECRET and more`;
  const { message: shown } = refused(400, JSON.stringify({ error: { message } }));
  expect(shown).toContain('x x …');
  expect(shown).not.toContain('SECRET');
});

test.each([403, 404, 405, 410, 418])('promise 13: %d is final only with an OData error', (status) => {
  expect(refused(status, ODATA, JSON_TYPE)).toMatchObject({ name: 'QueryRefusedError', status });
  const code = '{"error":{"code":"NotFound"}}';
  expect(refused(status, code, JSON_TYPE)).toMatchObject({ name: 'QueryRefusedError', status });
  expect(refused(status, ODATA, { 'content-type': 'text/html' }).name).toBe('InterceptedError');
});

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
  'promise 13: a 403 with %j comes from a server in front of the API, and can be retried',
  (body, headers, words) => {
    const error = refused(403, body, headers);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ name: 'InterceptedError', status: 403, exitCode: 69 });
    expect(error.message).toMatch(/^\/trestle\/odata\/Property answered 403(: Forbidden)? with /);
    expect(error.message).toContain(`with ${words}, which does not come from the API`);
  },
);

test('shows the message of an OData error, not the text of an HTML page', () => {
  const body =
    '{"error":{"code":"BadRequest[400]. TraceId: 1","message":"The field City has been suppressed"}}';
  expect(refused(400, body).message).toContain('answered 400: The field City has been suppressed');
  expect(refused(500, '<html>secret</html>').message).not.toContain('secret');
  expect(refused(400, 'null').message).toBe('/trestle/odata/Property answered 400');
  expect(refused(400, '{"error":{"message":7}}').message).toBe('/trestle/odata/Property answered 400');
});

test.each([
  [401, '', {}, 'TRESTLE_CLIENT_ID'],
  [403, '', {}, 'TRESTLE_API_BASE_URL'],
  [403, ODATA, JSON_TYPE, 'RESOURCES'],
  [302, '', {}, 'TRESTLE_API_BASE_URL'],
  [400, ODATA, JSON_TYPE, 'PROPERTY_SELECT'],
])('%d with %j names the setting to check', (status, body, headers, setting) => {
  const hint = expect.stringContaining(setting) as string;
  expect(refused(status, body, headers as Record<string, string>)).toMatchObject({ hint });
});

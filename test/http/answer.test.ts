import { describe, expect, test } from 'vitest';
import {
  ConfigError,
  CredentialsError,
  InterceptedError,
  QueryRefusedError,
  RateLimitedError,
  RetryableError,
  UnavailableError,
} from '../../src/errors.ts';
import { accept, acceptKeyList } from '../../src/http/answer.ts';
import type { ApiRules } from '../../src/http/api-rules.ts';
import type { Answer, Request } from '../../src/http/send.ts';

const REQUEST: Request = { method: 'GET', url: 'https://api.example.com/rates/daily?top=1', headers: {} };

/** An API that marks its own refusals with a header, and explains them in plain text. */
const RULES: ApiRules = {
  isOwnRefusal: ({ headers }) => headers['x-api'] === 'yes',
  errorText: ({ body }) => (body.length === 0 ? '' : `: ${body.toString()}`),
  hints: {
    unreachable: 'check THE_NETWORK',
    unauthorized: 'check THE_KEY',
    intercepted: 'check THE_GATEWAY',
    moved: 'check THE_ADDRESS',
    forbidden: 'check THE_LICENCE',
    refused: 'check THE_QUERY',
  },
};
const OWN = { 'x-api': 'yes' };

function answer(status: number, body = '', headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.from(body) };
}

function refused(given: Answer, by = accept): Error {
  try {
    by(RULES, REQUEST, given);
  } catch (error) {
    return error as Error;
  }
  throw new Error('was accepted');
}

describe('accept', () => {
  test('returns a 200 unchanged', () => {
    const given = answer(200, '{}');
    expect(accept(RULES, REQUEST, given)).toBe(given);
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
    [204, RetryableError],
    [206, RetryableError],
    [304, RetryableError],
  ])('promise 13: %d is a %o', (status, kind) => {
    const error = refused(answer(status));
    expect(error).toBeInstanceOf(kind);
    expect(error).not.toBeInstanceOf(UnavailableError);
    expect(error.message).toBe(
      status === 301
        ? '/rates/daily answered 301, a redirect to nowhere: not followed'
        : `/rates/daily answered ${status}`,
    );
  });

  test.each([
    [401, {}, 'check THE_KEY'],
    [403, {}, 'check THE_GATEWAY'],
    [403, OWN, 'check THE_LICENCE'],
    [404, OWN, 'check THE_LICENCE'],
    [302, {}, 'check THE_ADDRESS'],
    [400, {}, 'check THE_QUERY'],
    [410, OWN, 'check THE_QUERY'],
  ])('%d with %o has the hint of the API: %s', (status, headers, hint) => {
    expect(refused(answer(status, '', headers as Record<string, string>))).toMatchObject({ hint });
  });

  test.each([403, 404, 405, 410, 418])('promise 13: %d is final only if the API itself sent it', (status) => {
    const own = refused(answer(status, 'not licensed', OWN));
    expect(own).toBeInstanceOf(QueryRefusedError);
    expect(own).toMatchObject({ status, message: `/rates/daily answered ${status}: not licensed` });
    const foreign = refused(answer(status, '<title>Denied</title>', { 'content-type': 'text/html' }));
    expect(foreign).toBeInstanceOf(InterceptedError);
    expect(foreign).toMatchObject({
      status,
      exitCode: 69,
      message: `/rates/daily answered ${status} with "Denied" as text/html, which does not come from the API`,
    });
  });

  test('promise 13: the error carries the wait that the server asks for', () => {
    for (const status of [403, 408, 429, 503]) {
      expect(refused(answer(status, '', { 'retry-after': '7' }))).toMatchObject({ retryAfter: 7000 });
    }
  });

  test('only a 429 means that the quota is spent', () => {
    expect(refused(answer(503))).not.toBeInstanceOf(RateLimitedError);
  });

  test('a redirect names the new address of the service', () => {
    expect(refused(answer(302, '', { location: 'https://new.example.com/' })).message).toContain(
      'https://new.example.com/',
    );
  });
});

describe('acceptKeyList', () => {
  test('promise 13: a refusal by any server is final', () => {
    const error = refused(answer(403), acceptKeyList);
    expect(error).toBeInstanceOf(QueryRefusedError);
    expect(error).toMatchObject({ status: 403, hint: 'check THE_GATEWAY' });
  });

  test('is the same as accept otherwise', () => {
    const given = answer(200);
    expect(acceptKeyList(RULES, REQUEST, given)).toBe(given);
    expect(refused(answer(503), acceptKeyList)).toBeInstanceOf(RetryableError);
  });
});

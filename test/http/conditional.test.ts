import { describe, expect, test } from 'vitest';
import { conditionsFor, readConditional } from '../../src/http/conditional.ts';

const answer = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: Buffer.from('x'),
  url: 'http://a.test/',
  movedTo: undefined,
});

test('both validators are sent, exactly as they were received', () => {
  const known = { etag: 'W/"a b"', lastModified: 'yesterday' };
  expect(conditionsFor(known)).toEqual({ 'If-None-Match': 'W/"a b"', 'If-Modified-Since': 'yesterday' });
  expect(conditionsFor({ etag: '"1"' })).toEqual({ 'If-None-Match': '"1"' });
  expect(conditionsFor(undefined)).toEqual({});
});

describe('an answer', () => {
  test('200 and 203 have a body and a state; what is missing is not in the state', () => {
    const headers = { etag: '"1"', 'content-type': 'text/csv', link: '<x>' };
    const read = readConditional(answer(200, headers), undefined);
    expect(read).toMatchObject({
      kind: 'body',
      contentType: 'text/csv',
      link: '<x>',
      state: { etag: '"1"' },
    });
    expect(Object.keys(read!.state)).toEqual(['etag']);
    expect(readConditional(answer(203), undefined)).toMatchObject({
      kind: 'body',
      contentType: '',
      state: {},
    });
  });

  test('204 is empty', () => {
    expect(readConditional(answer(204), undefined)).toMatchObject({ kind: 'body', isEmpty: true });
  });

  test('pitfall 25: 304 keeps the validators that it omits, and replaces the others', () => {
    const known = { etag: '"1"', lastModified: 'old' };
    expect(readConditional(answer(304, { 'last-modified': 'new' }), known)).toMatchObject({
      kind: 'unchanged',
      state: { etag: '"1"', lastModified: 'new' },
    });
  });

  test('304 without a condition, and other statuses, are left to the caller', () => {
    for (const status of [304, 206, 301, 400, 404, 500]) {
      expect(readConditional(answer(status), status === 304 ? {} : { etag: '"1"' })).toBeUndefined();
    }
    expect(readConditional(answer(410), undefined)?.kind).toBe('gone');
  });
});

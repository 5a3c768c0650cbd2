import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../../../src/errors.ts';
import type { Answer } from '../../../../src/http/send.ts';
import { readBody } from '../../../../src/sources/trestle/odata/body.ts';

function answer(status: number, body = '', headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.from(body) };
}

describe('readBody', () => {
  test('returns the records, the link and the count', async () => {
    const body = await readBody(
      answer(200, '{"@odata.count":7,"value":[{"a":1}],"@odata.nextLink":"https://x/"}'),
    );
    expect(body).toMatchObject({ records: ['{"a":1}'], nextLink: 'https://x/', count: 7 });
  });

  test('accepts a count that is sent as text', async () => {
    expect((await readBody(answer(200, '{"@odata.count":"2500","value":[]}'))).count).toBe(2500);
  });

  test.each([
    ['beside records', '{"value":[{"a":1}],"error":{"code":"500","message":"query aborted"}}'],
    ['before records', '{"error":{"message":"query aborted"},"value":[]}'],
    ['alone', '{"error":{"message":"query aborted"}}'],
    ['as text', '{"error":"query aborted","value":[]}'],
  ])('promise 13: an error %s in a 200 is a failure, reported with its message', async (_, text) => {
    const reading = readBody(answer(200, text));
    await expect(reading).rejects.toThrow(RetryableError);
    await expect(reading).rejects.toThrow('the API answered 200 with an error: query aborted');
  });

  test('ignores an error that is null', async () => {
    expect((await readBody(answer(200, '{"error":null,"value":[{"a":1}]}'))).records).toHaveLength(1);
  });

  test('ignores a link or a count of another type', async () => {
    const body = await readBody(answer(200, '{"@odata.count":"7 of 9","value":[],"@odata.nextLink":null}'));
    expect([body.nextLink, body.count]).toEqual([undefined, undefined]);
    expect((await readBody(answer(200, '{"value":[],"@odata.nextLink":""}'))).nextLink).toBeUndefined();
  });

  test.each([
    ['', 'an empty body'],
    ['  \n', 'an empty body'],
    ['<!DOCTYPE html><p>Busy</p>', 'a page of text/html instead of JSON'],
    ['{"value":[{"a":1', 'JSON that is truncated or has no list "value" (16 bytes)'],
    ['{"message":"no"}', 'JSON that is truncated or has no list "value" (16 bytes)'],
    ['null', 'a body that is not a JSON object (4 bytes)'],
  ])('promise 13: a 200 with %j can be retried, and is never an empty page', async (text, what) => {
    const given = answer(200, text, { 'content-type': 'text/html' });
    await expect(readBody(given)).rejects.toThrow(RetryableError);
    await expect(readBody(given)).rejects.toThrow(`the API answered 200 with ${what}`);
  });
});

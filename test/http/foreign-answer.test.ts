import { expect, test } from 'vitest';
import { describeForeignAnswer } from '../../src/http/foreign-answer.ts';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const TEXT = { 'content-type': 'text/plain' };

test.each([
  [
    '<html><head><title>Access\n Denied</title></head><body>x</body></html>',
    HTML,
    '"Access Denied" as text/html',
  ],
  ['<body><h1>Busy</h1></body>', HTML, '"Busy" as text/html'],
  ['<!DOCTYPE html><p>no title</p>', HTML, 'a page of text/html'],
  ['<p>', {}, 'a page of unknown type'],
  ['', {}, 'an empty body'],
  ['Forbidden by policy 7', TEXT, '"Forbidden by policy 7" as text/plain'],
  ['word '.repeat(40), TEXT, `"${'word '.repeat(20)}…" as text/plain`],
])('promise 13: %j describes itself', (body, headers, words) => {
  const given = { status: 403, headers: headers as Record<string, string>, body: Buffer.from(body) };
  expect(describeForeignAnswer(given)).toBe(words);
});

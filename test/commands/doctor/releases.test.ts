import { expect, test } from 'vitest';
import {
  checkDisk,
  checkLoadMethod,
  checkPublication,
  checkRelease,
} from '../../../src/commands/doctor/releases.ts';
import type { Import } from '../../../src/record/import.ts';
import type { Publication } from '../../../src/sources/release.ts';

const MB = 1024 * 1024;

const archive = {
  name: 'Real_acct_owner',
  year: 2026,
  url: 'http://127.0.0.1/a.zip',
  etag: undefined,
  lastModified: undefined,
  bytes: 200 * MB,
  sha256: undefined,
};

const present: Publication = {
  kind: 'present',
  archives: [{ ...archive, isChanged: true }],
  years: [2026],
  absentYears: [],
};

const published: Import = {
  id: 12,
  source: 'hcad',
  state: 'published',
  shape: '',
  archives: [archive],
  tables: {},
  startedAt: '2026-11-24 12:00:00.000',
  publishedAt: '2026-11-24 13:00:00.000',
  message: null,
};

test('a year that is not published yet is to be looked at', () => {
  expect(checkPublication(present)).toEqual({ result: 'ok', what: 'tax year 2026: 1 archives, 200 MB' });
  expect(checkPublication({ ...present, absentYears: [2027] })).toMatchObject({ result: 'warn' });
  const absent = checkPublication({ kind: 'absent', years: [2027] });
  expect(absent).toMatchObject({ result: 'warn' });
  expect(absent.advice).toContain('sources.yaml');
});

test('the archives must fit into STATE_DIR, beside what stays free', () => {
  expect(checkDisk(present, 400 * MB, 100 * MB).result).toBe('ok');
  expect(checkDisk(present, 250 * MB, 100 * MB).result).toBe('fail');
  expect(checkDisk({ kind: 'absent', years: [2027] }, 1, 0).result).toBe('skipped');
});

test.each([
  ['ON', 'ok'],
  ['1', 'ok'],
  ['OFF', 'warn'],
  [undefined, 'warn'],
])('local_infile %s is %s', (value, result) => {
  expect(checkLoadMethod(value).result).toBe(result);
});

test('a refused import names the commands that show it and publish it', () => {
  const now = Date.parse('2026-11-27T13:00:00.000Z');
  expect(checkRelease('hcad', { all: [published], published }, now)).toEqual({
    result: 'ok',
    what: 'release 12 of tax year 2026, published 3 d 0 h ago',
  });
  const refused: Import = { ...published, id: 13, state: 'refused', message: '2 checks failed' };
  const finding = checkRelease('hcad', { all: [refused, published], published }, now);
  expect(finding).toMatchObject({ result: 'warn', what: 'import 13 was refused: 2 checks failed' });
  expect(finding.advice).toContain('trestle-etl full-load hcad --force');
  expect(checkRelease('hcad', { all: [], published: undefined }, now).advice).toBe('trestle-etl sync hcad');
});

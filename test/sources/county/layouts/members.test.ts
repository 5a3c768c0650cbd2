import { expect, test } from 'vitest';
import { matchesMember } from '../../../../src/sources/county/layouts/members.ts';

test.each([
  [['real_acct.txt'], 'real_acct.txt'],
  [['real_acct.txt'], 'Folder/REAL_ACCT.TXT'],
  [['real_acct.txt'], 'Folder\\real_acct.txt'],
  [['*APPRAISAL_INFO.TXT'], '2025-07-20_000123_APPRAISAL_INFO.TXT'],
  [['*APPRAISAL_INFO.TXT', 'PROP.TXT'], 'prop.txt'],
  [['desc_r_01*.txt'], 'desc_r_01_state_class.txt'],
  [['a*b*c'], 'a-b-b-c'],
  [['*'], 'anything'],
])('%j match %s', (patterns, path) => {
  expect(matchesMember(patterns, path)).toBe(true);
});

test.each([
  [['real_acct.txt'], 'real_acct.txt.bak'],
  [['real_acct.txt'], 'real_acct.txt/owners.txt'],
  [['real.acct.txt'], 'real_acct.txt'],
  [['*APPRAISAL_IMPROVEMENT_DETAIL.TXT'], '2025_APPRAISAL_IMPROVEMENT_DETAIL_ATTR.TXT'],
  [['ab*ba'], 'aba'],
  [['a*b*c'], 'a-c'],
  [['a*bb*bc'], 'abbc'],
])('%j do not match %s', (patterns, path) => {
  expect(matchesMember(patterns, path)).toBe(false);
});

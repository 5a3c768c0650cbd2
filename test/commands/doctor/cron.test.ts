import { describe, expect, test } from 'vitest';
import { checkCron } from '../../../src/commands/doctor/cron.ts';
import { read } from '../../docs/documents.ts';

const SYNC = '*/15 * * * * cd /srv/trestle-etl && /usr/local/bin/trestle-etl sync';
const RECONCILE = '20 3 * * * cd /srv/trestle-etl && /usr/local/bin/trestle-etl reconcile';

const found = (text: string, place = {}) => checkCron([{ from: 'crontab -l', text }], place, true);

describe('cron', () => {
  test('passes with the lines of crontab.example', () => {
    expect(found(read('crontab.example'))).toEqual({
      result: 'ok',
      what: 'sync by crontab -l, reconcile by crontab -l',
    });
  });

  test('passes with the lines of docs/deployment.md, for each feed', () => {
    const lines = read('docs/deployment.md').split('\n');
    const jobs = lines.filter((line) => /^[*\d][\d*/,]* [\d*]/.test(line)).join('\n');
    expect(found(jobs).result).toBe('ok');
    expect(found(jobs, { profile: 'west' }).result).toBe('ok');
  });

  test('passes without reconcile if no feed is configured', () => {
    const finding = checkCron([{ from: 'crontab -l', text: SYNC }], {}, false);
    expect(finding).toEqual({ result: 'ok', what: 'sync by crontab -l' });
  });

  test.each([
    ['without anything of ours', '0 4 * * * backup', /runs sync/],
    ['with our lines commented out', `#${SYNC}\n # ${RECONCILE}`, /runs sync/],
    ['without reconcile', SYNC, /nothing runs reconcile/],
    ['with a full-load', `${SYNC}\n${RECONCILE}\n0 5 * * 0 trestle-etl full-load`, /full-load repeatedly/],
  ])('a crontab %s causes a warning', (_, text, what) => {
    const finding = found(text);
    expect(finding.result).toBe('warn');
    expect(finding.what).toMatch(what);
    expect(finding.advice).toBeDefined();
  });

  test('only lines that name a profile count for it', () => {
    const lines = `${SYNC} --profile west\n${RECONCILE} --profile=west`;
    expect(found(lines, { profile: 'west' }).result).toBe('ok');
    expect(found(lines, { profile: 'west2' }).result).toBe('warn');
    expect(found(lines, { profile: 'wes' }).result).toBe('warn');
    expect(found(lines, { profile: 'wes' }).advice).toMatch(/crontab\.example, with --profile wes$/);
    expect(found(lines).result).toBe('warn');
  });

  test('with --env-file, a line must name that file', () => {
    const lines = `${SYNC} --env-file /etc/trestle.env\n${RECONCILE} --env-file /etc/trestle.env`;
    expect(found(lines, { envFile: '/etc/trestle.env' }).result).toBe('ok');
    expect(found(lines, { envFile: '/etc/other.env' }).result).toBe('warn');
  });
});

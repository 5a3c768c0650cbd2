import { expect, test } from 'vitest';
import type { Parts } from '../../../src/app/checkup.ts';
import { checkFiles, checkFree, listMediaFileChecks } from '../../../src/commands/doctor/media-files.ts';
import { runChecks } from '../../../src/commands/doctor/run-checks.ts';
import { ConfigError } from '../../../src/errors.ts';
import type { MediaFileReport } from '../../../src/record/media-file-report.ts';

const report: MediaFileReport = {
  stored: 900,
  pending: 100,
  failed: 0,
  removed: 0,
  files: 900,
  bytes: 90_000,
  reasons: [],
  lastPass: { id: 1 } as MediaFileReport['lastPass'],
};

test('a store with little space, and one that does not report it', () => {
  expect(checkFree('/srv', 999, 1000)).toMatchObject({ result: 'warn' });
  expect(checkFree('/srv', 1000, 1000)).toMatchObject({ result: 'ok' });
  expect(checkFree('s3://b', undefined, 1000)).toMatchObject({ result: 'ok', what: 's3://b can be written' });
});

test('the space that pending files need, by the average of the stored ones', () => {
  expect(checkFiles(report, 10_000, 5)).toMatchObject({ result: 'ok' });
  expect(checkFiles(report, 9999, 5)).toMatchObject({ result: 'warn' });
  expect(checkFiles(report, undefined, 5)).toMatchObject({ result: 'ok' });
});

test('failures above the share, and no download yet', () => {
  const failed = { ...report, stored: 850, failed: 50, reasons: [{ reason: 'html', files: 50 }] };
  expect(checkFiles(failed, undefined, 5)).toMatchObject({ result: 'ok' });
  expect(checkFiles(failed, undefined, 4)).toMatchObject({ result: 'warn' });
  expect(checkFiles({ ...report, lastPass: undefined }, undefined, 5)).toMatchObject({
    result: 'warn',
    advice: 'trestle-etl media download',
  });
});

/** The check of sharp, which cannot be loaded. */
async function checkSharp(sizes: readonly number[]) {
  const parts = { config: { media: { store: '/srv/photos', sizes } } } as unknown as Parts;
  const checkup = {
    parts,
    openMediaStore: () => expect.unreachable(),
    loadRenditions: () =>
      Promise.reject(new ConfigError('no sharp', { op: 'renditions', hint: 'npm install sharp' })),
  };
  const all = listMediaFileChecks(checkup, () => parts).filter(({ name }) => name === 'smaller versions');
  return runChecks(all.map((each) => ({ ...each, needs: [] })));
}

test('sharp that cannot be loaded fails a check, if MEDIA_SIZES is set', async () => {
  expect(await checkSharp([320])).toEqual([
    { name: 'smaller versions', result: 'fail', what: 'no sharp', advice: 'npm install sharp' },
  ]);
  expect(await checkSharp([])).toEqual([]);
});

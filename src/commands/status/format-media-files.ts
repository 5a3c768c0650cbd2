import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatSize } from '../../lib/size.ts';
import { fromSqlDateTime } from '../../lib/time.ts';
import type { MediaFilesReport } from '../../report/media-files-report.ts';

/** Formats the state of the media files for people. @param now milliseconds. */
export function formatMediaFiles(report: MediaFilesReport, now: number): string[] {
  const { store, stored, pending, failed, removed, bytes, reasons, unsized } = report;
  const counts = [
    `${formatInteger(stored)} stored`,
    `${formatInteger(pending)} pending`,
    `${formatInteger(failed)} failed`,
    ...(removed === 0 ? [] : [`${formatInteger(removed)} to remove`]),
  ];
  const place = store === null ? 'MEDIA_STORE is not set' : store;
  return [
    `media files: ${counts.join(', ')}; ${formatSize(bytes)} in ${place}`,
    ...(failed === 0
      ? []
      : [
          `failed files: ${reasons.map(({ reason, files }) => `${reason} ${formatInteger(files)}`).join(', ')}`,
        ]),
    ...(unsized === 0
      ? []
      : [
          `smaller versions: ${formatInteger(unsized)} stored files are still to be compared with MEDIA_SIZES`,
        ]),
    `last download: ${describePass(report.lastPass, now)}`,
  ];
}

function describePass(pass: MediaFilesReport['lastPass'], now: number): string {
  if (pass === null) return 'none yet';
  const age = `${formatDuration(Math.max(0, now - fromSqlDateTime(pass.end ?? pass.start)))} ago`;
  const message = pass.message === null ? '' : `: ${pass.message}`;
  return pass.end === null
    ? `run ${pass.run} is ${pass.status}, since ${age}`
    : `run ${pass.run}, ${age}, ${pass.status}${message}`;
}

import { formatInteger } from '../../lib/number.ts';
import type { AlertSettings, RunReport } from '../../model/alert.ts';
import type { AlertVerdict } from './verdict.ts';

/** With fewer files, a single failure is a large share. */
const MIN_FILES = 100;

/** Files that failed are requested again later, so the alert clears by itself. */
export function evaluateMediaFiles(
  { mediaFiles }: RunReport,
  { mediaFailedPercent }: AlertSettings,
): AlertVerdict | undefined {
  if (mediaFiles === undefined || mediaFiles.all < MIN_FILES) return undefined;
  const { all, failed } = mediaFiles;
  const percent = Math.round((failed / all) * 1000) / 10;
  const isRaised = failed * 100 > mediaFailedPercent * all;
  const summary = `${formatInteger(failed)} of ${formatInteger(all)} media files (${percent} %) could not be downloaded`;
  return {
    kind: 'media',
    topic: 'media',
    isRaised,
    title: isRaised ? summary : `media files are within the limit again: ${summary}`,
    text: isRaised
      ? `${summary}; ALERT_MEDIA_FAILED_PERCENT is ${mediaFailedPercent}. They are requested again later; earlier files stay.\n` +
        'Look at: trestle-etl status, and trestle-etl why LISTING for one listing'
      : `${summary}.`,
    facts: { all, failed, percent },
  };
}

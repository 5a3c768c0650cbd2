import type { Context } from '../../app/context.ts';
import { HOUR_MS, MINUTE_MS } from '../../lib/time.ts';
import { countUnlistedMedia, readMediaFileReport } from '../../record/media-file-report.ts';
import { countOtherSizes, formatSizes } from '../../record/media-sizes.ts';
import { usesMediaFiles } from '../../report/read-media-files.ts';
import type { PlannedFiles } from './format.ts';

/** Trestle's hourly quota of media files. */
const HOUR_LIMIT = 18_000;

/**
 * Estimates what downloading all pending media files would take; undefined without MEDIA_STORE, if none were downloaded. Counts media that are in
 * the tables: those that a run would add are not known yet.
 */
export async function planMediaFiles(context: Context): Promise<PlannedFiles | undefined> {
  const { database, config } = context;
  if (config.media.store === undefined && !(await usesMediaFiles(database, context))) return undefined;
  const { pending, files: stored, bytes } = await readMediaFileReport(database);
  const files = pending + (await countUnlistedMedia(database));
  const { minuteLimit, sizes } = config.media;
  return {
    files,
    bytes: stored === 0 ? null : Math.round((bytes / stored) * files),
    ms: estimateMs(files, minuteLimit),
    minuteLimit,
    unsized: await countOtherSizes(database, formatSizes(sizes)),
  };
}

/** An hour's files are downloaded at the minute's pace; then the rest of the hour is a wait. */
function estimateMs(files: number, minuteLimit: number): number {
  const perHour = Math.min(HOUR_LIMIT, minuteLimit * 60);
  return Math.floor(files / perHour) * HOUR_MS + Math.round(((files % perHour) / minuteLimit) * MINUTE_MS);
}

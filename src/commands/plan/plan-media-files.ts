import type { Context } from '../../app/context.ts';
import { HOUR_MS, MINUTE_MS } from '../../lib/time.ts';
import { countUnlistedMedia, readMediaFileReport } from '../../record/media-file-report.ts';
import { usesMediaFiles } from '../shared/read-media-files.ts';
import type { PlannedFiles } from './format.ts';

/** Trestle's hourly quota of media files. */
const HOUR_LIMIT = 18_000;

/**
 * Estimates what downloading all pending media files would take; undefined if none are downloaded. Counts media that are in
 * the tables: those that a run would add are not known yet.
 */
export async function planMediaFiles(context: Context): Promise<PlannedFiles | undefined> {
  const { database, config } = context;
  if (!(await usesMediaFiles(database, context))) return undefined;
  const { pending, files: stored, bytes } = await readMediaFileReport(database);
  const files = pending + (await countUnlistedMedia(database));
  const { minuteLimit } = config.media;
  return {
    files,
    bytes: stored === 0 ? null : Math.round((bytes / stored) * files),
    ms: estimateMs(files, minuteLimit),
    minuteLimit,
  };
}

function estimateMs(files: number, minuteLimit: number): number {
  return Math.round(Math.max((files / minuteLimit) * MINUTE_MS, (files / HOUR_LIMIT) * HOUR_MS));
}

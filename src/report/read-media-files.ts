import type { Context } from '../app/context.ts';
import type { Session } from '../db/pool.ts';
import type { RunReport } from '../model/alert.ts';
import { countMediaFiles, hasMediaFiles, readMediaFileReport } from '../record/media-file-report.ts';
import { countOtherSizes, formatSizes } from '../record/media-sizes.ts';
import type { MediaFilesReport } from './media-files-report.ts';

/** Whether media files are downloaded, or were: otherwise commands do not mention them. The tables must exist. */
export async function usesMediaFiles(
  session: Session,
  { config }: Pick<Context, 'config'>,
): Promise<boolean> {
  return config.media.isOn || (await hasMediaFiles(session));
}

/** Counts what alerts need to know; undefined for a source without media, or if none are downloaded. */
export async function countForAlerts(
  session: Session,
  context: Pick<Context, 'config' | 'tools'>,
): Promise<RunReport['mediaFiles']> {
  const { release, items } = context.tools.source;
  if (release !== undefined || items !== undefined || !(await usesMediaFiles(session, context)))
    return undefined;
  const { stored, pending, failed } = await countMediaFiles(session);
  return { all: stored + pending + failed, failed };
}

/** Reads the state of the media files; undefined if none are used. The tables must exist. */
export async function readMediaFiles(
  session: Session,
  context: Pick<Context, 'config'>,
): Promise<MediaFilesReport | undefined> {
  if (!(await usesMediaFiles(session, context))) return undefined;
  const { lastPass, ...counts } = await readMediaFileReport(session);
  const unsized = await countOtherSizes(session, formatSizes(context.config.media.sizes));
  return {
    store: context.config.media.store ?? null,
    ...counts,
    unsized,
    lastPass:
      lastPass === undefined
        ? null
        : {
            run: lastPass.id,
            status: lastPass.status,
            start: lastPass.sync_start,
            end: lastPass.sync_end,
            requests: lastPass.api_calls_made,
            message: lastPass.error_message,
          },
  };
}

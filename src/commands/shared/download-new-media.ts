import type { Context } from '../../app/context.ts';
import { BusyError } from '../../errors.ts';
import { runMedia } from '../../run/media/run-media.ts';
import { formatOutcome } from '../media/format.ts';

/**
 * Downloads media files for a limited time, if MEDIA_FILES=on. Another download that is active, or a spent quota, is no failure:
 * the next sync continues.
 * @throws what `runMedia` throws, except BusyError.
 */
export async function downloadNewMedia(context: Context, print: (text: string) => void): Promise<void> {
  const { isOn, passMs } = context.config.media;
  if (!isOn) return;
  const { tools, media } = await context.openMedia();
  try {
    const outcome = await runMedia(tools, media, { dryRun: false, maxMs: passMs });
    tools.progress.end();
    print(formatOutcome(outcome, media.store.name));
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    tools.log.main.info({ reason: error.message }, 'no media files were downloaded');
  }
}

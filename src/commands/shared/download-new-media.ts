import type { Context } from '../../app/context.ts';
import { BusyError } from '../../errors.ts';
import { runMedia } from '../../run/media/run-media.ts';
import { formatOutcome } from '../media/format.ts';
import { reportMedia } from './report-media.ts';

/**
 * Downloads media files for a limited time, if MEDIA_FILES=on, and reports how that ended. Another download that is active, or a
 * spent quota, is no failure: the next sync continues.
 * @throws what `runMedia` throws, except BusyError.
 */
export async function downloadNewMedia(context: Context, print: (text: string) => void): Promise<void> {
  if (!context.config.media.isOn) return;
  let run: number | undefined;
  try {
    const status = await download(context, print, (id) => (run = id));
    await reportMedia(context, run, { done: { status } });
  } catch (error) {
    await reportMedia(context, run, { error });
    if (!(error instanceof BusyError)) throw error;
    context.tools.log.main.info({ reason: error.message }, 'no media files were downloaded');
  }
}

async function download(context: Context, print: (text: string) => void, onRun: (id: number) => void) {
  const { tools, media } = await context.openMedia();
  const setRun = (id: number): void => {
    onRun(id);
    tools.setRun(id);
  };
  const { passMs: maxMs } = context.config.media;
  const outcome = await runMedia({ ...tools, setRun }, media, { dryRun: false, maxMs });
  tools.progress.end();
  print(formatOutcome(outcome, media.store.name));
  return outcome.status;
}

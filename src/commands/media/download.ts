import type { Context } from '../../app/context.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import { readListingFiles } from '../../record/media-file-report.ts';
import { runMedia } from '../../run/media/run-media.ts';
import type { Print } from '../shared/tool.ts';
import { formatDryRun, formatOutcome } from './format.ts';
import type { DownloadFlags } from './index.ts';

/**
 * Downloads media files.
 * @throws ConfigError if MEDIA_STORE is not set; what `runMedia` throws.
 */
export async function downloadMedia(context: Context, flags: DownloadFlags, print: Print): Promise<void> {
  const { maxFiles, maxMinutes, listing, dryRun = false } = flags;
  const { tools, media } = await context.openMedia();
  const maxMs = maxMinutes === undefined ? undefined : maxMinutes * MINUTE_MS;
  const outcome = await runMedia(tools, media, { dryRun, listing, maxFiles, maxMs });
  tools.progress.end();
  const isUnknown = listing !== undefined && (await readListingFiles(context.database, listing)).length === 0;
  if (isUnknown)
    print(`listing ${listing} has no media records: trestle-etl why ${listing} shows what is known of it`);
  else print(dryRun ? formatDryRun(outcome) : formatOutcome(outcome, media.store.name));
}

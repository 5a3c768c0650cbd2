import type { Context } from '../../app/context.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatSize } from '../../lib/size.ts';
import { type SweepCounts, sweepMedia } from '../../run/media/sweep.ts';
import type { Print } from '../shared/tool.ts';
import type { SweepFlags } from './index.ts';

/** Compares the store with the table. @throws ConfigError if MEDIA_STORE is not set; what `sweepMedia` throws. */
export async function sweep(context: Context, flags: SweepFlags, print: Print): Promise<void> {
  const { remove = false, force = false } = flags;
  const { tools, media } = await context.openMedia();
  const { sweepMaxPercent: maxPercent } = context.config.media;
  const counts = await sweepMedia(tools, media, { remove, isForced: force, maxPercent });
  print(formatSweep(counts, media.store.name, remove));
}

function formatSweep(counts: SweepCounts, store: string, remove: boolean): string {
  const { files, rows, orphans, orphanBytes, surplus, missing, incomplete, young } = counts;
  return [
    `media sweep${remove ? '' : ', dry run: nothing was changed'}`,
    `  ${formatInteger(files)} files in ${store}, ${formatInteger(rows)} rows that name a file`,
    `  ${formatInteger(orphans)} files without a row, ${formatSize(orphanBytes)}${remove ? ': removed' : ''}`,
    ...(surplus > 0
      ? [`  ${formatInteger(surplus)} of them are smaller versions of a width that MEDIA_SIZES no longer has`]
      : []),
    `  ${formatInteger(missing)} rows without a file${remove ? ': pending again' : ''}`,
    ...(incomplete > 0
      ? [
          `  ${formatInteger(incomplete)} photos lack a smaller version: the next media download makes ${remove ? 'it' : 'it after --remove'}`,
        ]
      : []),
    ...(young > 0 ? [`  ${formatInteger(young)} files without a row are younger than an hour: kept`] : []),
    ...(!remove && orphans + missing + incomplete > 0
      ? ['trestle-etl media sweep --remove removes these files and makes these rows pending']
      : []),
  ].join('\n');
}

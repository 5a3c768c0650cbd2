import { formatDuration } from '../../lib/duration.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatSize } from '../../lib/size.ts';
import type { MediaOutcome } from '../../run/media/run-media.ts';

/** Formats what a download would do. */
export function formatDryRun({ wanted, vanished, left, unsized }: MediaOutcome): string {
  return [
    'media, dry run: nothing was written',
    `  ${formatInteger(wanted)} files are new or changed, and ${formatInteger(left)} are pending from earlier runs`,
    `  ${formatInteger(vanished)} files would be marked for removal`,
    ...formatUnsized(unsized),
  ].join('\n');
}

/** Formats the result of a download for people. */
export function formatOutcome(outcome: MediaOutcome, store: string): string {
  const { run, status, added, replaced, unchanged, failed, removed, left, sized, requests } = outcome;
  const stored = `${formatInteger(added)} new, ${formatInteger(replaced)} changed, ${formatInteger(unchanged)} unchanged`;
  return [
    `media run ${run}: ${status}`,
    `  ${stored} in ${store}, ${formatSize(outcome.bytes)}`,
    ...(failed > 0 ? [`  ${formatInteger(failed)} failed: media_file.reason has the causes`] : []),
    ...(removed > 0 ? [`  ${formatInteger(removed)} removed`] : []),
    ...(sized > 0 ? [`  smaller versions of ${formatInteger(sized)} stored photos were made`] : []),
    ...(left > 0 ? [`  ${formatInteger(left)} are left`] : []),
    ...formatUnsized(outcome.unsized),
    `  ${formatInteger(requests)} requests in ${formatDuration(outcome.ms)}`,
  ].join('\n');
}

function formatUnsized(unsized: number): string[] {
  return unsized === 0
    ? []
    : [`  ${formatInteger(unsized)} stored files are still to be compared with MEDIA_SIZES`];
}

import type { Context } from '../../app/context.ts';
import { FatalError } from '../../errors.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatSize } from '../../lib/size.ts';
import { type VerifiedFiles, verifyFiles } from '../../run/media/verify-files.ts';
import type { Print } from '../shared/tool.ts';
import type { VerifyMediaFlags } from './index.ts';

/**
 * Reads stored files again.
 * @throws FatalError if a file is missing, altered or unreadable: exit code 1, for scripts; ConfigError if MEDIA_STORE is not set; what
 *   `verifyFiles` throws.
 */
export async function verifyMedia(context: Context, flags: VerifyMediaFlags, print: Print): Promise<void> {
  const { sample = 1, force = false } = flags;
  const { tools, media } = await context.openMedia();
  const { sweepMaxPercent: maxPercent } = context.config.media;
  const found = await verifyFiles(tools, media, { share: sample, isForced: force, maxPercent });
  print(formatVerified(found, media.store.name));
  const damaged = found.missing + found.altered + found.unreadable;
  if (damaged === 0) return;
  throw new FatalError(
    `${formatInteger(damaged)} of ${formatInteger(found.checked)} media files are damaged`,
    {
      op: 'media verify',
      hint: 'trestle-etl media download fetches them again',
    },
  );
}

function formatVerified(found: VerifiedFiles, store: string): string {
  const { files, checked, bytes, missing, altered, unreadable, examples } = found;
  const more = missing + altered + unreadable - examples.length;
  return [
    `media verify: ${formatInteger(checked)} of ${formatInteger(files)} files in ${store} were read, ${formatSize(bytes)}`,
    `  ${formatInteger(missing)} missing, ${formatInteger(altered)} altered, ${formatInteger(unreadable)} unreadable`,
    ...examples.map(({ key, path, damage }) => `  ${damage}: ${path} (media ${key})`),
    ...(more > 0 ? [`  … and ${formatInteger(more)} more`] : []),
  ].join('\n');
}

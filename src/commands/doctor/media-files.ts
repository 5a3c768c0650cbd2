import type { Checkup, Parts } from '../../app/checkup.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatSize } from '../../lib/size.ts';
import { hasMediaFiles, type MediaFileReport, readMediaFileReport } from '../../record/media-file-report.ts';
import { readSchemaState } from '../../record/tables.ts';
import { ensureOwnStore } from '../../run/media/check-store.ts';
import { type Check, type Finding, ok, skipped, warn } from '../../sources/check.ts';
import { withConnection } from './database.ts';

/** Checks the store of media files, and the files; nothing if MEDIA_STORE is not set. Writes and removes a small file in the store. */
export function listMediaFileChecks(
  {
    openMediaStore,
    loadRenditions,
    parts: known,
  }: Pick<Checkup, 'openMediaStore' | 'loadRenditions' | 'parts'>,
  parts: () => Parts,
): Check[] {
  if (known?.config.media.store === undefined) return [];
  let free: number | undefined;
  return [
    {
      name: 'media store',
      needs: ['configuration'],
      run: async () => {
        const store = openMediaStore(parts().config);
        ({ free } = await store.check(new AbortController().signal));
        return checkFree(store.name, free, parts().config.alerts.diskFree);
      },
    },
    ...(known.config.media.sizes.length === 0
      ? []
      : [
          {
            name: 'smaller versions',
            needs: ['configuration'],
            run: async () => {
              await loadRenditions();
              return ok(`sharp can make the widths of MEDIA_SIZES: ${known.config.media.sizes.join(', ')}`);
            },
          },
        ]),
    {
      name: 'media files',
      needs: ['tables', 'media store'],
      run: () =>
        withConnection(parts().database, async (own) => {
          if ((await readSchemaState(own)) !== 'current') return skipped('no tables yet');
          const { alerts, media } = parts().config;
          if (!media.isOn && !(await hasMediaFiles(own)))
            return skipped('MEDIA_FILES=off, and none is stored');
          await ensureOwnStore(own, openMediaStore(parts().config), new AbortController().signal);
          return checkFiles(await readMediaFileReport(own), free, alerts.mediaFailedPercent);
        }),
    },
  ];
}

/** Checks the space of a store. @param free bytes; undefined: the store does not report it. */
export function checkFree(name: string, free: number | undefined, least: number): Finding {
  if (free === undefined) return ok(`${name} can be written`);
  const what = `${name} can be written: ${formatSize(free)} free`;
  return free < least
    ? warn(`${what}, less than the ${formatSize(least)} of ALERT_DISK_FREE`, 'free space there')
    : ok(what);
}

/** Checks the files. @param free bytes of the store; undefined: unknown. @param failedPercent ALERT_MEDIA_FAILED_PERCENT. */
export function checkFiles(
  report: Pick<MediaFileReport, 'stored' | 'pending' | 'failed' | 'files' | 'bytes' | 'reasons' | 'lastPass'>,
  free: number | undefined,
  failedPercent: number,
): Finding {
  const { stored, pending, failed, files, bytes, reasons, lastPass } = report;
  const what = `${formatInteger(stored)} stored, ${formatInteger(pending)} pending, ${formatInteger(failed)} failed`;
  if (lastPass === undefined) return warn('nothing is downloaded yet', 'trestle-etl media download');
  const needed = files === 0 ? 0 : Math.round((bytes / files) * pending);
  if (free !== undefined && needed > free)
    return warn(
      `${what}: the pending ones need about ${formatSize(needed)}, and ${formatSize(free)} is free`,
      'free space, or move the store to a larger disk and set MEDIA_STORE',
    );
  if (failed * 100 > failedPercent * (stored + pending + failed))
    return warn(
      `${what}: ${reasons.map(({ reason, files: count }) => `${reason} ${formatInteger(count)}`).join(', ')}`,
      'trestle-etl why LISTING shows the files of a listing',
    );
  return ok(`${what}, ${formatSize(bytes)}`);
}

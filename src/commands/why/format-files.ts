import { formatInteger } from '../../lib/number.ts';
import { formatSize } from '../../lib/size.ts';
import type { ListingFile } from '../../record/media-file-report.ts';

/** Describes which files of a listing are stored, and why the others are not. */
export function describeFiles(files: readonly ListingFile[]): string[] {
  const stored = files.filter(({ path }) => path !== null);
  return [
    `  files: ${formatInteger(stored.length)} of ${formatInteger(files.length)} stored`,
    ...files.map((file) => `    ${describeMedia(file)}: ${describeFile(file)}`),
  ];
}

function describeMedia({ mediaKey, category, order }: ListingFile): string {
  const place = [category ?? undefined, order === null ? undefined : String(order)].filter(Boolean).join(' ');
  return place === '' ? mediaKey : `${mediaKey} (${place})`;
}

function describeFile(file: ListingFile): string {
  const { state, path, bytes } = file;
  const here = path === null ? undefined : `${path}${bytes === null ? '' : `, ${formatSize(bytes)}`}`;
  switch (state) {
    case null:
      return 'not listed yet: the next trestle-etl media download fetches it';
    case 'stored':
      return here ?? 'stored';
    case 'failed':
      return `${describeFailure(file)}${here === undefined ? '' : `; the earlier file stays: ${here}`}`;
    case 'removed':
      return `its record is gone; ${here ?? 'no file'}, removed after ${file.removeAt ?? 'the next download'} UTC`;
    default:
      return here === undefined ? 'pending' : `pending, because it changed; the earlier file stays: ${here}`;
  }
}

function describeFailure({ reason, message, tries, retryAt }: ListingFile): string {
  const why = [reason ?? 'failed', message ?? undefined].filter(Boolean).join(', ');
  const retry = retryAt === null ? '' : `; requested again after ${retryAt} UTC`;
  return `not stored: ${why}; ${tries === 1 ? '1 try' : `${tries ?? 0} tries`}${retry}`;
}

import type { Archive } from '../../model/archive.ts';
import { DamagedFileError } from '../../errors.ts';
import { type Downloader, readDamage, recordDamage } from '../../http/download/index.ts';

type Download = Pick<Archive, 'name' | 'year' | 'url'> & { readonly file: string };

/** An archive that was fetched and damaged so often in one state is damaged at its publisher. */
const MAX_FETCHES = 2;

/**
 * Asks the publisher about an archive that was damaged before.
 * @throws DamagedFileError if the publisher still has the same one, which is not fetched again.
 */
export async function refuseDamaged(
  downloader: Downloader,
  { name, year, url, file }: Download,
  signal: AbortSignal,
): Promise<void> {
  const damage = readDamage(file);
  if (damage === undefined || damage.times < MAX_FETCHES) return;
  const label = `${year}/${name}`;
  const found = await downloader.look({ url, file, label, known: damage.validators }, signal);
  if (found.kind === 'unchanged') throw damagedAtPublisher(label, damage.times);
}

/** Removes a damaged archive. @returns the error that reports it. */
export function describeDamage(archive: Archive & Download, cause: DamagedFileError): DamagedFileError {
  const { name, year, file } = archive;
  const times = recordDamage(file, archive);
  if (times >= MAX_FETCHES) return damagedAtPublisher(`${year}/${name}`, times, cause);
  return new DamagedFileError(`${year}/${name} is damaged: ${cause.message}`, {
    op: 'unpack',
    cause,
    hint: 'the next run fetches it again',
  });
}

function damagedAtPublisher(label: string, times: number, cause?: Error): DamagedFileError {
  const reason = cause === undefined ? '' : `: ${cause.message}`;
  return new DamagedFileError(
    `${label} is damaged at its publisher: the same file was fetched ${times} times, and was damaged each time${reason}`,
    {
      op: 'unpack',
      cause,
      hint: 'wait until the publisher replaces the file, or load another copy with --from; full-load fetches it again',
    },
  );
}

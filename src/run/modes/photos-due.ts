import type { Dataset } from '../../dataset/dataset.ts';
import type { Watermark } from '../../record/watermark.ts';
import { parentLink, photoFields } from '../../dataset/reading.ts';

/** Whether this dataset has photos and a configured child dataset that depends on them. */
export function hasPhotoChildren(dataset: Dataset, datasets: readonly Dataset[]): boolean {
  const links = datasets.flatMap((each) => parentLink(each) ?? []);
  const isUsed = links.some(({ parent, staleBy }) => parent === dataset.name && staleBy === 'photos');
  return photoFields(dataset) !== undefined && isUsed;
}

/**
 * Whether a sync checks for records whose photos changed without the record: not until the first load completes, and not
 * while the feed's last refusal is recent.
 * @param now milliseconds since the epoch. @param settings `schemaAge`: milliseconds for which a refusal holds.
 */
export function isPhotosCheckDue(
  dataset: Dataset,
  datasets: readonly Dataset[],
  { completeAt, photos }: Watermark,
  now: number,
  { schemaAge }: { readonly schemaAge: number },
): boolean {
  if (completeAt === undefined || !hasPhotoChildren(dataset, datasets)) return false;
  const age = photos.refusal === undefined ? Infinity : now - photos.refusal.at;
  // A negative age means that the clock was set back.
  return age < 0 || age >= schemaAge;
}

/** Sets the photos watermark of a first load to its start, by the feed's clock, unless it is set. */
export function withPhotosStart(watermark: Watermark, start: string): Watermark {
  const { photos } = watermark;
  return photos.timestamp === undefined
    ? { ...watermark, photos: { ...photos, timestamp: start } }
    : watermark;
}

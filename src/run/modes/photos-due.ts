import type { Dataset } from '../../dataset/dataset.ts';
import type { Watermark } from '../../record/watermark.ts';
import { parentLink, photoFields } from '../../dataset/reading.ts';

/** Whether media are kept that follow the photos of this resource's records. */
export function hasPhotoChildren(dataset: Dataset, resources: readonly Dataset[]): boolean {
  const links = resources.flatMap((each) => parentLink(each) ?? []);
  const isUsed = links.some(({ parent, staleBy }) => parent === dataset.name && staleBy === 'photos');
  return photoFields(dataset) !== undefined && isUsed;
}

/**
 * Whether a sync asks for records whose photos changed without them: not before the first load is complete, and not while
 * the feed's last refusal is recent.
 * @param now milliseconds since the epoch. @param settings `schemaAge`: milliseconds for which a refusal holds.
 */
export function isPhotosCheckDue(
  dataset: Dataset,
  resources: readonly Dataset[],
  { completeAt, photos }: Watermark,
  now: number,
  { schemaAge }: { readonly schemaAge: number },
): boolean {
  if (completeAt === undefined || !hasPhotoChildren(dataset, resources)) return false;
  const age = photos.refusal === undefined ? Infinity : now - photos.refusal.at;
  // Refused in the future: by a clock that was set back since.
  return age < 0 || age >= schemaAge;
}

/** The photos watermark of a first load that begins with this page: the time at which it began, by the feed's clock. */
export function withPhotosStart(watermark: Watermark, began: string): Watermark {
  const { photos } = watermark;
  return photos.timestamp === undefined
    ? { ...watermark, photos: { ...photos, timestamp: began } }
    : watermark;
}

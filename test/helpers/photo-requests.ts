import type { Sandbox, SeenRequest } from '../../src/sandbox/trestle/index.ts';

/** The requests for what a sync does beside reading pages: the query for photos, and records by their keys. */
export function asked({ requests }: Sandbox): {
  photos: SeenRequest[];
  byKey: SeenRequest[];
  pages: SeenRequest[];
} {
  const own = requests.filter(({ resource }) => resource === 'Property');
  const photos = own.filter(({ query }) => query['$orderby']?.startsWith('PhotosChangeTimestamp asc'));
  const byKey = own.filter(({ query }) => query['$filter']?.includes('ListingKey in ('));
  return { photos, byKey, pages: own.filter((each) => !photos.includes(each) && !byKey.includes(each)) };
}

import type { Sandbox, Seen } from '../../src/sandbox/trestle/index.ts';

/** The requests for what a sync does beside reading pages: the query for photos, and records by their keys. */
export function asked({ requests }: Sandbox): { photos: Seen[]; byKey: Seen[]; pages: Seen[] } {
  const own = requests.filter(({ resource }) => resource === 'Property');
  const photos = own.filter(({ query }) => query['$orderby']?.startsWith('PhotosChangeTimestamp asc'));
  const byKey = own.filter(({ query }) => query['$filter']?.includes('ListingKey in ('));
  return { photos, byKey, pages: own.filter((each) => !photos.includes(each) && !byKey.includes(each)) };
}

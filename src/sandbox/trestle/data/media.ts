import { stamp } from '../instant.ts';
import { createRandom } from '../random.ts';
import { type SandboxRecord, readText } from '../record.ts';
import { sets } from '../sets.ts';

const rooms = [
  'Front of Structure',
  'Kitchen',
  'Living Room',
  'Primary Bedroom',
  'Back Yard',
  'Bathroom',
  'Garage',
  'Café corner',
];

const blank: SandboxRecord = Object.fromEntries(
  [...sets.get('Media')!.fields.keys()].map((name) => [name, null]),
);

/** Makes the key of the media with this number. */
export function makeMediaKey(number: number): string {
  return String(2_003_905_820_472 + number * 3);
}

/** Makes the media with this number for a listing; some media other than the first are floor plans. */
export function makeMedia(
  seed: number,
  number: number,
  listing: SandboxRecord,
  order: number,
  at: number,
): SandboxRecord {
  const source = createRandom(seed, 'media', number);
  const parent = readText(listing, 'ListingKey');
  const key = makeMediaKey(number);
  const plan = order > 1 && source.chance(0.06);
  const room = source.pick(rooms);
  return {
    ...blank,
    MediaKey: key,
    MediaKeyNumeric: Number(key),
    ResourceRecordKey: parent,
    ResourceRecordKeyNumeric: Number(parent),
    ResourceRecordID: listing['ListingId'] ?? null,
    ResourceName: 'Property',
    ClassName: listing['PropertyType'] ?? null,
    MediaObjectID: String(order),
    MediaURL: makeMediaAddress(parent, key, order),
    MediaType: 'Jpeg',
    MediaCategory: plan ? 'FloorPlan' : 'Photo',
    Order: order,
    PreferredPhotoYN: order === 1,
    ShortDescription: source.chance(0.7) ? (plan ? 'Floor plan' : room) : null,
    LongDescription: source.chance(0.1) ? `${room}, “as seen” in the tour 📷 &amp; brochure` : null,
    ImageOf: plan ? 'FloorPlan' : room.replaceAll(' ', ''),
    ImageHeight: source.pick([768, 1024, 1536]),
    ImageWidth: source.pick([1024, 1366, 2048]),
    ImageSizeDescription: 'Large',
    Permission: source.chance(0.05) ? 'Private' : 'Public',
    OriginatingSystemName: listing['OriginatingSystemName'] ?? null,
    OriginatingSystemMediaKey: `P${number}`,
    SourceSystemName: 'Trestle',
    X_MediaTypeOriginal: 'image/jpeg',
    MediaModificationTimestamp: stamp(at),
    ModificationTimestamp: stamp(at),
  };
}

/** Makes the unsigned part of a `MediaURL`. */
export function makeMediaAddress(listing: string, key: string, version: number): string {
  return `https://media.sandbox.invalid/trestle/Media/Property/PHOTO-Jpeg/${listing}/${version}/${key.slice(-8)}`;
}

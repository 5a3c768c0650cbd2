import { makeMediaAddress } from '../files/address.ts';
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

type MediaForm = { readonly type: string; readonly contentType: string; readonly category: string };

/** Half of the floor plans are PDF files; a few other media are videos. */
function chooseForm(seed: number, number: number, isFirst: boolean, isPlan: boolean): MediaForm {
  const source = createRandom(seed, 'media form', number);
  if (isPlan && source.chance(0.5))
    return { type: 'Pdf', contentType: 'application/pdf', category: 'FloorPlan' };
  if (!isFirst && !isPlan && source.chance(0.02))
    return { type: 'Mp4', contentType: 'video/mp4', category: 'Video' };
  return { type: 'Jpeg', contentType: 'image/jpeg', category: isPlan ? 'FloorPlan' : 'Photo' };
}

/** Makes the media with this number for a listing; some media other than the first are floor plans or videos. */
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
  const form = chooseForm(seed, number, order === 1, plan);
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
    MediaURL: makeMediaAddress(form.type, parent, key, 1),
    MediaType: form.type,
    MediaCategory: form.category,
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
    X_MediaTypeOriginal: form.contentType,
    MediaModificationTimestamp: stamp(at),
    ModificationTimestamp: stamp(at),
  };
}

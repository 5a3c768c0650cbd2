import type { Session } from '../../../db/pool.ts';
import { type Column, createRecordSchema } from '../../list/column.ts';
import { IS_PHOTO, IS_PUBLIC_MEDIUM } from './first-photo.ts';
import { type ChildRecord, type Children, readChildren } from './read-children.ts';

export const MEDIA_COLUMNS: readonly Column[] = [
  { name: 'media_key', sql: 'm.media_key', kind: 'text', help: 'Key of the media record.', isKey: true },
  { name: 'order', sql: 'm.`order`', kind: 'integer', help: 'Place among the media of the listing.' },
  {
    name: 'preferred_photo_yn',
    sql: 'm.preferred_photo_yn',
    kind: 'boolean',
    help: 'Whether to show it first.',
  },
  { name: 'media_category', sql: 'm.media_category', kind: 'text', help: 'Such as Photo; null: a photo.' },
  { name: 'short_description', sql: 'm.short_description', kind: 'text', help: 'Caption.' },
  { name: 'long_description', sql: 'm.long_description', kind: 'text', help: 'Description.' },
  {
    name: 'path',
    sql: 's.store_path',
    kind: 'text',
    help: 'Path of the file in the store; null if it is not stored. The address of your store, a slash and the path are its address.',
  },
  { name: 'content_type', sql: 's.content_type', kind: 'text', help: 'Type of the file.' },
  { name: 'byte_size', sql: 's.byte_size', kind: 'integer', help: 'Bytes of the file.' },
  { name: 'width', sql: 's.width', kind: 'integer', help: 'Pixels of the file.' },
  { name: 'height', sql: 's.height', kind: 'integer', help: 'Pixels of the file.' },
  {
    name: 'sizes',
    sql: 's.sizes',
    kind: 'text',
    help: 'Widths of its smaller versions, separated by commas: PATH.w320.jpg is the one of 320.',
  },
  {
    name: 'modification_timestamp',
    sql: 'm.modification_timestamp',
    kind: 'instant',
    help: 'When it last changed.',
  },
];

export const mediumSchema = createRecordSchema(MEDIA_COLUMNS);

const MEDIA: Children = {
  columns: MEDIA_COLUMNS,
  table: "media m LEFT JOIN media_file s ON s.media_key = m.media_key AND s.state <> 'removed'",
  parent: 'm.resource_record_key',
  where: `m.deleted_at IS NULL AND ${IS_PUBLIC_MEDIUM}`,
  orderBy: 'COALESCE(m.`order`, 2147483647), m.media_key',
};

/** A listing whose media are read. */
export type MediaOwner = {
  readonly key: string;
  /** If not, only photos are read: plans and documents show addresses. */
  readonly isAddressShown: boolean;
};

/**
 * Reads the media of these listings that everyone may see, without the addresses of the feed: those expire, and each use counts
 * against its quota.
 * @returns them by the key of the listing.
 */
export async function readMedia(
  database: Session,
  owners: readonly MediaOwner[],
): Promise<ReadonlyMap<string, ChildRecord[]>> {
  const [open, hidden] = [true, false].map((shown) =>
    owners.filter(({ isAddressShown }) => isAddressShown === shown).map(({ key }) => key),
  ) as [string[], string[]];
  const photos = { ...MEDIA, where: `${MEDIA.where} AND ${IS_PHOTO}` };
  return new Map([
    ...(await readChildren(database, MEDIA, open)),
    ...(await readChildren(database, photos, hidden)),
  ]);
}

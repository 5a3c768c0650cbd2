import * as z from '../../../lib/zod.ts';
import { describeFreshness } from '../../freshness.ts';
import { defineRoute, type Answer } from '../../route.ts';
import type { ServeTools } from '../../tools.ts';
import { findListing } from './find-listing.ts';
import { mediumSchema, readMedia } from './media.ts';
import { openHouseSchema, readOpenHouses } from './open-houses.ts';
import type { ChildRecord } from './read-children.ts';
import { readRooms, roomSchema } from './rooms.ts';

const ofOne = {
  group: 'Listings',
  isListing: true,
  parameters: {},
  pathParameters: { key: 'Key of the listing.' },
} as const;

export const listMedia = defineRoute({
  ...ofOne,
  id: 'listMedia',
  path: '/listings/{key}/media',
  summary: 'Photos and other media of a listing, each with the path of its file',
  answer: z.array(mediumSchema),
  read: async ({ path: { key = '' } }, tools) => {
    const { isAddressShown } = await findListing(tools.database, key);
    return answer(tools, key, await readMedia(tools.database, [{ key, isAddressShown }]));
  },
});

export const listOpenHouses = defineRoute({
  ...ofOne,
  id: 'listOpenHouses',
  path: '/listings/{key}/open-houses',
  summary: 'Open houses of a listing that have not ended',
  answer: z.array(openHouseSchema),
  read: async ({ path: { key = '' } }, tools) => {
    await findListing(tools.database, key);
    return answer(tools, key, await readOpenHouses(tools.database, [key], tools.clock.now()));
  },
});

export const listRooms = defineRoute({
  ...ofOne,
  id: 'listRooms',
  path: '/listings/{key}/rooms',
  summary: 'Rooms of a listing',
  answer: z.array(roomSchema),
  read: async ({ path: { key = '' } }, tools) => {
    await findListing(tools.database, key);
    return answer(tools, key, await readRooms(tools.database, [key]));
  },
});

async function answer(
  tools: ServeTools,
  key: string,
  found: ReadonlyMap<string, ChildRecord[]>,
): Promise<Answer> {
  return { data: found.get(key), ...(await describeFreshness(tools)) };
}

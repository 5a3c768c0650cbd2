import type { Dataset } from '../../../dataset/dataset.ts';
import { customProperty } from './custom-property.ts';
import { lookups } from './lookup.ts';
import { media } from './media.ts';
import { member } from './member.ts';
import { office } from './office.ts';
import { openHouse } from './open-house.ts';
import { property } from './property.ts';
import { propertyRooms } from './property-rooms.ts';
import { propertyUnitTypes } from './property-unit-types.ts';
import { teamMembers } from './team-members.ts';
import { teams } from './teams.ts';

/** Every dataset of the feed that the tool knows, parents before their children: the order in which a run loads them. */
export const resources: readonly Dataset[] = [
  property,
  media,
  openHouse,
  propertyRooms,
  propertyUnitTypes,
  customProperty,
  office,
  member,
  teams,
  teamMembers,
  lookups,
];

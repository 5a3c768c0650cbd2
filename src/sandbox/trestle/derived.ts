import { lookupRecords } from './data/enums.ts';
import { customOf, openHousesOf, roomsOf, unitTypesOf } from './data/parts.ts';
import { memberRecords, officeRecords, teamMemberRecords, teamRecords } from './data/roster.ts';
import type { Rec } from './record.ts';
import { sets } from './sets.ts';
import type { Store } from './store.ts';

type Make = (seed: number, listing: Rec, now: number) => Rec[];

/** What a listing has beside its media, by set; every field is there. */
export const belongings = {
  OpenHouse: whole('OpenHouse', openHousesOf),
  PropertyRooms: whole('PropertyRooms', roomsOf),
  PropertyUnitTypes: whole('PropertyUnitTypes', unitTypesOf),
  CustomProperty: whole('CustomProperty', customOf),
} as const satisfies Readonly<Record<string, Make>>;

const rosters: Readonly<Record<string, (seed: number) => Rec[]>> = {
  Office: officeRecords,
  Member: memberRecords,
  Teams: teamRecords,
  TeamMembers: teamMemberRecords,
  Lookup: lookupRecords,
};

function whole<T extends unknown[]>(name: string, make: (...given: T) => Rec[]): (...given: T) => Rec[] {
  const fields = [...sets.get(name)!.fields.keys()];
  const blank = Object.fromEntries(fields.map((field) => [field, null]));
  return (...given) => make(...given).map((record) => ({ ...blank, ...record }));
}

/** Leaves all but listings and media until somebody asks for it. */
export function beginLater(store: Store, seed: number, now: () => number): void {
  for (const [name, make] of Object.entries(rosters))
    store.later(
      name,
      whole(name, () => make(seed)),
    );
  for (const [name, make] of Object.entries(belongings))
    store.later(name, () =>
      [...store.table('Property').values()].flatMap(({ record }) => make(seed, record, now())),
    );
}

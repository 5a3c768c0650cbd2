import { makeLookups } from './data/enums.ts';
import { makeCustomRecords, makeOpenHouses, makeRooms, makeUnitTypes } from './data/children.ts';
import { makeMembers, makeOffices, makeTeamMembers, makeTeams } from './data/roster.ts';
import type { SandboxRecord } from './record.ts';
import { sets } from './sets.ts';
import type { Store } from './store.ts';

type MakeChildren = (seed: number, listing: SandboxRecord, now: number) => SandboxRecord[];

/** Makes the children of a listing other than media, by set, with all fields. */
export const childMakers = {
  OpenHouse: withAllFields('OpenHouse', makeOpenHouses),
  PropertyRooms: withAllFields('PropertyRooms', makeRooms),
  PropertyUnitTypes: withAllFields('PropertyUnitTypes', makeUnitTypes),
  CustomProperty: withAllFields('CustomProperty', makeCustomRecords),
} as const satisfies Readonly<Record<string, MakeChildren>>;

const rosterMakers: Readonly<Record<string, (seed: number) => SandboxRecord[]>> = {
  Office: makeOffices,
  Member: makeMembers,
  Teams: makeTeams,
  TeamMembers: makeTeamMembers,
  Lookup: makeLookups,
};

function withAllFields<T extends unknown[]>(
  name: string,
  make: (...given: T) => SandboxRecord[],
): (...given: T) => SandboxRecord[] {
  const fields = [...sets.get(name)!.fields.keys()];
  const blank = Object.fromEntries(fields.map((field) => [field, null]));
  return (...given) => make(...given).map((record) => ({ ...blank, ...record }));
}

/** Defers all records except listings and media until they are first requested. */
export function deferDerivedRecords(store: Store, seed: number, now: () => number): void {
  for (const [name, make] of Object.entries(rosterMakers))
    store.defer(
      name,
      withAllFields(name, () => make(seed)),
    );
  for (const [name, make] of Object.entries(childMakers))
    store.defer(name, () =>
      [...store.table('Property').values()].flatMap(({ record }) => make(seed, record, now())),
    );
}

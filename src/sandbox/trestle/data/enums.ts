import { DAY_MS, HOUR_MS } from '../../../lib/time.ts';
import { stamp } from '../instant.ts';
import type { SandboxRecord, FieldValue } from '../record.ts';
import { EPOCH } from './base.ts';
import { features } from './words.ts';

const list = (text: string): readonly string[] => text.split(',');

/** Values of fields that hold a single value; fields with several values are in `features`. */
export const choices = {
  StandardStatus: list(
    'Active,ActiveUnderContract,Canceled,Closed,ComingSoon,Expired,Hold,Pending,Withdrawn',
  ),
  PropertyType: list('Land,Residential,ResidentialLease'),
  PropertySubType: list('Condominium,SingleFamilyResidence,UnimprovedLand'),
  OpenHouseStatus: list('Active,Canceled,Ended'),
  OpenHouseType: list('Broker,Office,Public'),
  RoomType: list('Bathroom,Bedroom,DiningRoom,FamilyRoom,Kitchen,LaundryRoom,LivingRoom,PrimaryBedroom'),
  RoomLevel: list('Basement,First,Lower,Main,Second,Upper'),
  UnitTypeType: list('Apartments,Loft,OneBedroom,Penthouse,Studio,TwoBedroom'),
  OfficeStatus: list('Active,Inactive'),
  OfficeType: list('MLSOnlyFirm,RealtorFirm'),
  MemberStatus: list('Active,Inactive'),
  MemberType: list('DesignatedRealtorParticipant,MLSOnlySalesperson,RealtorSalesperson'),
  TeamStatus: list('Active,Inactive'),
  TeamMemberType: list('Coordinator,TeamLead,TeamMember'),
} as const satisfies Readonly<Record<string, readonly string[]>>;

const enums: Readonly<Record<string, readonly string[]>> = { ...choices, ...features };

/** Converts `SingleFamilyResidence` to its display name, `Single Family Residence`. */
export function toDisplayName(value: string): string {
  return value.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');
}

/** Returns the record with its enums as display names; null stays null. */
export function withDisplayNames(record: SandboxRecord): SandboxRecord {
  const shown: Record<string, FieldValue> = { ...record };
  for (const name of Object.keys(enums)) {
    const value = record[name];
    if (typeof value === 'string') shown[name] = value.split(',').map(toDisplayName).join(',');
  }
  return shown;
}

/** Makes one record for each value of the sandbox's enums. */
export function makeLookups(): SandboxRecord[] {
  const all = Object.entries(enums).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  return all.map(([name, value], index) => ({
    LookupKey: String(7_100_000_000 + index),
    LookupName: name,
    LookupValue: toDisplayName(value),
    StandardLookupValue: toDisplayName(value),
    LegacyODataValue: value,
    ModificationTimestamp: stamp(EPOCH - 400 * DAY_MS + index * HOUR_MS),
  }));
}

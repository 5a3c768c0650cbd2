import { DAY, stamp } from '../instant.ts';
import { type Random, random } from '../random.ts';
import type { Rec } from '../record.ts';
import { EPOCH } from './base.ts';
import { choices } from './enums.ts';
import { type Agent, agents } from './people.ts';
import { places } from './places.ts';
import { lastNames, streets, systems } from './words.ts';

const TEAMS = 12;

/** Every office that a listing can name. */
export function officeRecords(seed: number): Rec[] {
  const heads = new Map(agents.map((agent) => [agent.officeKey, agent]));
  return [...heads.values()].map((head) => {
    const source = random(seed, 'office', head.officeKey);
    return {
      OfficeKey: head.officeKey,
      OfficeKeyNumeric: Number(head.officeKey),
      OfficeMlsId: head.officeId,
      OfficeName: head.office,
      OfficeStatus: 'Active',
      OfficeType: source.pick(choices.OfficeType),
      MainOfficeKey: head.officeKey,
      MainOfficeMlsId: head.officeId,
      OfficeBrokerKey: head.key,
      OfficeBrokerMlsId: head.id,
      ...where(source, 'Office'),
      OfficePhone: phone(source),
      OfficeEmail: `info@${head.officeId.toLowerCase()}.sandbox.invalid`,
      OfficeBio: source.chance(0.5) ? `${head.office}: neighbors since ${source.int(1921, 2019)} 🏠` : null,
      NumberOfBranches: source.int(1, 9),
      IDXOfficeParticipationYN: source.chance(0.9),
      ...system(source),
      ...times(source),
    };
  });
}

/** Everybody whom a listing can name. */
export function memberRecords(seed: number): Rec[] {
  return agents.map((agent) => {
    const source = random(seed, 'member', agent.key);
    return {
      MemberKey: agent.key,
      MemberKeyNumeric: Number(agent.key),
      MemberMlsId: agent.id,
      MemberFullName: agent.name,
      MemberFirstName: agent.first,
      MemberLastName: agent.last,
      MemberStatus: source.chance(0.95) ? 'Active' : 'Inactive',
      MemberType: source.pick(choices.MemberType),
      OfficeKey: agent.officeKey,
      OfficeMlsId: agent.officeId,
      OfficeName: agent.office,
      ...where(source, 'Member'),
      MemberMobilePhone: phone(source),
      MemberEmail: `${agent.id.toLowerCase()}@sandbox.invalid`,
      MemberLoginId: agent.id.toLowerCase(),
      MemberLanguages: source.chance(0.4) ? source.some(['English', 'French', 'Spanish'], 3).join(',') : null,
      MemberMlsAccessYN: true,
      MemberStateLicenseExpirationDate: source.chance(0.6) ? '2027-06-30' : null,
      X_MemberSpecialties: source.chance(0.3) ? 'Probate,Relocation' : null,
      ...system(source),
      ...times(source),
    };
  });
}

/** Some teams; who is in one comes from one office. */
export function teamRecords(seed: number): Rec[] {
  return teams(seed).map(({ key, source, lead }) => ({
    TeamKey: key,
    TeamName: `The ${lead.last} Group`,
    TeamStatus: 'Active',
    TeamLeadKey: lead.key,
    TeamLeadMlsId: lead.id,
    ...where(source, 'Team'),
    TeamDirectPhone: phone(source),
    TeamDescription: source.chance(0.5) ? `Ask any ${source.pick(lastNames)} on our street.` : null,
    ...system(source),
    ...times(source),
  }));
}

/** Who is in which team. */
export function teamMemberRecords(seed: number): Rec[] {
  return teams(seed).flatMap(({ key, source, lead, others }) =>
    [lead, ...others].map((agent, index) => ({
      TeamMemberKey: `${key}-${index + 1}`,
      TeamKey: key,
      MemberKey: agent.key,
      MemberMlsId: agent.id,
      TeamMemberType: index === 0 ? 'TeamLead' : 'TeamMember',
      ...system(source),
      ...times(source),
    })),
  );
}

type Team = {
  readonly key: string;
  readonly source: Random;
  readonly lead: Agent;
  readonly others: readonly Agent[];
};

function teams(seed: number): Team[] {
  return Array.from({ length: TEAMS }, (_, index) => {
    const source = random(seed, 'team', index);
    const lead = source.pick(agents);
    const office = agents.filter(({ officeKey, key }) => officeKey === lead.officeKey && key !== lead.key);
    return { key: String(6_400_000_000 + index * 13), source, lead, others: source.some(office, 5) };
  });
}

function where(source: Random, prefix: string): Rec {
  const place = source.pick(places);
  return {
    [`${prefix}Address1`]: `${source.int(1, 9999)} ${source.pick(streets)} Street`,
    [`${prefix}City`]: place.city,
    [`${prefix}StateOrProvince`]: place.state,
    [`${prefix}PostalCode`]: source.pick(place.zips),
    [`${prefix}Country`]: 'US',
  };
}

function phone(source: Random): string {
  return `555-01${String(source.int(0, 99)).padStart(2, '0')}`;
}

function system(source: Random): Rec {
  return { OriginatingSystemName: source.pick(systems), SourceSystemName: 'Trestle' };
}

function times(source: Random): Rec {
  const changed = EPOCH - source.int(1, 500 * DAY);
  return {
    OriginalEntryTimestamp: stamp(changed - source.int(0, 900 * DAY)),
    ModificationTimestamp: stamp(changed),
  };
}

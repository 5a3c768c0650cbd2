import { DAY_MS } from '../../../lib/time.ts';
import { stamp } from '../instant.ts';
import { type Random, createRandom } from '../random.ts';
import type { SandboxRecord } from '../record.ts';
import { EPOCH } from './base.ts';
import { choices } from './enums.ts';
import { type Agent, agents } from './agents.ts';
import { towns } from './towns.ts';
import { lastNames, streets, systems } from './words.ts';

const TEAM_COUNT = 12;

/** Makes every office that a listing can name. */
export function makeOffices(seed: number): SandboxRecord[] {
  const heads = new Map(agents.map((agent) => [agent.officeKey, agent]));
  return [...heads.values()].map((head) => {
    const source = createRandom(seed, 'office', head.officeKey);
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
      ...makeAddress(source, 'Office'),
      OfficePhone: makePhone(source),
      OfficeEmail: `info@${head.officeId.toLowerCase()}.sandbox.invalid`,
      OfficeBio: source.chance(0.5) ? `${head.office}: neighbors since ${source.int(1921, 2019)} 🏠` : null,
      NumberOfBranches: source.int(1, 9),
      IDXOfficeParticipationYN: source.chance(0.9),
      ...makeSystemFields(source),
      ...makeTimestamps(source),
    };
  });
}

/** Makes every agent that a listing can name. */
export function makeMembers(seed: number): SandboxRecord[] {
  return agents.map((agent) => {
    const source = createRandom(seed, 'member', agent.key);
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
      ...makeAddress(source, 'Member'),
      MemberMobilePhone: makePhone(source),
      MemberEmail: `${agent.id.toLowerCase()}@sandbox.invalid`,
      MemberLoginId: agent.id.toLowerCase(),
      MemberLanguages: source.chance(0.4)
        ? source.pickSome(['English', 'French', 'Spanish'], 3).join(',')
        : null,
      MemberMlsAccessYN: true,
      MemberStateLicenseExpirationDate: source.chance(0.6) ? '2027-06-30' : null,
      X_MemberSpecialties: source.chance(0.3) ? 'Probate,Relocation' : null,
      ...makeSystemFields(source),
      ...makeTimestamps(source),
    };
  });
}

/** Makes some teams; all members of a team are from one office. */
export function makeTeams(seed: number): SandboxRecord[] {
  return pickTeams(seed).map(({ key, source, lead }) => ({
    TeamKey: key,
    TeamName: `The ${lead.last} Group`,
    TeamStatus: 'Active',
    TeamLeadKey: lead.key,
    TeamLeadMlsId: lead.id,
    ...makeAddress(source, 'Team'),
    TeamDirectPhone: makePhone(source),
    TeamDescription: source.chance(0.5) ? `Ask any ${source.pick(lastNames)} on our street.` : null,
    ...makeSystemFields(source),
    ...makeTimestamps(source),
  }));
}

/** Makes the memberships of all teams. */
export function makeTeamMembers(seed: number): SandboxRecord[] {
  return pickTeams(seed).flatMap(({ key, source, lead, others }) =>
    [lead, ...others].map((agent, index) => ({
      TeamMemberKey: `${key}-${index + 1}`,
      TeamKey: key,
      MemberKey: agent.key,
      MemberMlsId: agent.id,
      TeamMemberType: index === 0 ? 'TeamLead' : 'TeamMember',
      ...makeSystemFields(source),
      ...makeTimestamps(source),
    })),
  );
}

type Team = {
  readonly key: string;
  readonly source: Random;
  readonly lead: Agent;
  readonly others: readonly Agent[];
};

function pickTeams(seed: number): Team[] {
  return Array.from({ length: TEAM_COUNT }, (_, index) => {
    const source = createRandom(seed, 'team', index);
    const lead = source.pick(agents);
    const office = agents.filter(({ officeKey, key }) => officeKey === lead.officeKey && key !== lead.key);
    return { key: String(6_400_000_000 + index * 13), source, lead, others: source.pickSome(office, 5) };
  });
}

function makeAddress(source: Random, prefix: string): SandboxRecord {
  const town = source.pick(towns);
  return {
    [`${prefix}Address1`]: `${source.int(1, 9999)} ${source.pick(streets)} Street`,
    [`${prefix}City`]: town.city,
    [`${prefix}StateOrProvince`]: town.state,
    [`${prefix}PostalCode`]: source.pick(town.zips),
    [`${prefix}Country`]: 'US',
  };
}

function makePhone(source: Random): string {
  return `555-01${String(source.int(0, 99)).padStart(2, '0')}`;
}

function makeSystemFields(source: Random): SandboxRecord {
  return { OriginatingSystemName: source.pick(systems), SourceSystemName: 'Trestle' };
}

function makeTimestamps(source: Random): SandboxRecord {
  const changed = EPOCH - source.int(1, 500 * DAY_MS);
  return {
    OriginalEntryTimestamp: stamp(changed - source.int(0, 900 * DAY_MS)),
    ModificationTimestamp: stamp(changed),
  };
}

import type { Random } from '../random.ts';
import type { SandboxRecord } from '../record.ts';
import { brokerages, firstNames, lastNames } from './words.ts';

/** Makes the fields of agents and offices; with the buyer's side if the listing is `sold`. */
export function makeAgentFields(source: Random, sold: boolean): SandboxRecord {
  const lister = pickAgent(source);
  const partner = source.chance(0.15) ? pickAgent(source) : undefined;
  const buyer = sold ? pickAgent(source) : undefined;
  return {
    ListAgentKey: lister.key,
    ListAgentMlsId: lister.id,
    ListAgentFullName: lister.name,
    CoListAgentKey: partner?.key ?? null,
    CoListAgentFullName: partner?.name ?? null,
    ListOfficeKey: lister.officeKey,
    ListOfficeMlsId: lister.officeId,
    ListOfficeName: lister.office,
    CoListOfficeName: partner?.office ?? null,
    BuyerAgentKey: buyer?.key ?? null,
    BuyerAgentMlsId: buyer?.id ?? null,
    BuyerAgentFullName: buyer?.name ?? null,
    BuyerOfficeKey: buyer?.officeKey ?? null,
    BuyerOfficeMlsId: buyer?.officeId ?? null,
    BuyerOfficeName: buyer?.office ?? null,
  };
}

/** The data of an agent that listings contain. */
export type Agent = Readonly<
  Record<'key' | 'id' | 'first' | 'last' | 'name' | 'officeKey' | 'officeId' | 'office', string>
>;

/** All agents that a listing can name. */
export const agents: readonly Agent[] = firstNames.flatMap((_, first) =>
  lastNames.map((__, last) => makeAgent(first, last)),
);

function pickAgent(source: Random): Agent {
  return makeAgent(source.int(0, firstNames.length - 1), source.int(0, lastNames.length - 1));
}

function makeAgent(first: number, last: number): Agent {
  const number = first * lastNames.length + last;
  const office = number % brokerages.length;
  return {
    key: String(3_100_000_000 + number * 37),
    id: `A${10_000 + number}`,
    first: firstNames[first]!,
    last: lastNames[last]!,
    name: `${firstNames[first]} ${lastNames[last]}`,
    officeKey: String(2_200_000_000 + office * 11),
    officeId: `O${100 + office}`,
    office: brokerages[office]!,
  };
}
